import { type StatusCause, StatusError } from "../../runtime/errors.ts";
import type { KindInfo } from "../decode/kinds.ts";

// The API server's answers that refuse, worded as apimachinery's pkg/api/errors/errors.go words them.

export function notFound(info: KindInfo, name: string): StatusError {
  return new StatusError("NotFound", `${info.resource} "${name}" not found`, { subject: subjectOf(info, name) });
}

/** @param isLeaving it has been deleted and is held by finalizers */
export function alreadyExists(info: KindInfo, name: string, isLeaving = false): StatusError {
  const reason = isLeaving ? "object is being deleted: " : "";
  return new StatusError("AlreadyExists", `${reason}${info.resource} "${name}" already exists`, {
    subject: subjectOf(info, name),
  });
}

export function conflict(info: KindInfo, name: string, detail: string): StatusError {
  return new StatusError("Conflict", `Operation cannot be fulfilled on ${info.resource} "${name}": ${detail}`, {
    subject: subjectOf(info, name),
  });
}

/** Every name that was drawn for `generateName` is taken. */
export function noUniqueName(info: KindInfo, name: string): StatusError {
  const reason = "the server was not able to generate a unique name for the object";
  return new StatusError("AlreadyExists", `${info.resource} "${name}" already exists, ${reason}`, {
    subject: subjectOf(info, name),
    retryAfterSeconds: 1,
  });
}

export function forbidden(
  info: KindInfo,
  name: string,
  detail: string,
  causes: readonly StatusCause[] = [],
): StatusError {
  const subject = subjectOf(info, name);
  return new StatusError("Forbidden", `${info.resource} "${name}" is forbidden: ${detail}`, { subject, causes });
}

export function badRequest(message: string): StatusError {
  return new StatusError("BadRequest", message);
}

/** For a path that nothing serves below a served group. */
export function noSuchResource(): StatusError {
  return new StatusError("NotFound", "the server could not find the requested resource", { subject: {} });
}

export function methodNotAllowed(): StatusError {
  return new StatusError("MethodNotAllowed", "the server does not allow this method on the requested resource", {
    subject: {},
  });
}

function subjectOf(info: KindInfo, name: string): { name: string; group?: string; kind: string } {
  return { name, ...(info.group === "" ? {} : { group: info.group }), kind: info.plural };
}
