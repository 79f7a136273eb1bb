import { StatusError } from "../../runtime/errors.ts";
import type { KindInfo } from "../decode/kinds.ts";

// The API server's answers that refuse, worded as apimachinery's pkg/api/errors/errors.go words them.

export function notFound(info: KindInfo, name: string): StatusError {
  return new StatusError("NotFound", `${info.resource} "${name}" not found`, { subject: subjectOf(info, name) });
}

export function alreadyExists(info: KindInfo, name: string): StatusError {
  return new StatusError("AlreadyExists", `${info.resource} "${name}" already exists`, {
    subject: subjectOf(info, name),
  });
}

export function conflict(info: KindInfo, name: string, detail: string): StatusError {
  return new StatusError("Conflict", `Operation cannot be fulfilled on ${info.resource} "${name}": ${detail}`, {
    subject: subjectOf(info, name),
  });
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
