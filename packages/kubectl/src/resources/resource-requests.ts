import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { isNotFound, ServerError } from "../client/server-error.ts";
import type { Session } from "../session.ts";
import { objectPath, type ResourceInfo } from "./resource-info.ts";
import { collectionPath, groupVersionResource, type ResourceType } from "./resource-type.ts";

/** How the server is asked for what a command names. */
export interface Asking {
  readonly accept?: string;
  /** Into every request. */
  readonly query?: Readonly<Record<string, string | undefined>>;
  /** Objects of a collection at a time; 0 for all at once. */
  readonly limit?: number;
  readonly subresource?: string;
}

/** What of a type's objects is asked for. */
export interface Collection {
  readonly type: ResourceType;
  /** Undefined for all namespaces, and for kinds without. */
  readonly namespace: string | undefined;
  /** "" for all. */
  readonly labelSelector: string;
  readonly fieldSelector: string;
}

/** The object as the server has it now (resource.Info.Get): a namespace that is not there is told of first. */
export function retrieved(
  session: Session,
  info: ResourceInfo,
  { accept, query, subresource }: Asking = {},
): ResourceInfo {
  try {
    const path = objectPath(info, subresource);
    return { ...info, object: session.client.ask("GET", path, { ...(query && { query }), ...(accept && { accept }) }) };
  } catch (reason) {
    const { namespace } = info;
    if (isNotFound(reason) && namespace !== undefined && namespace !== "default") {
      session.client.ask("GET", `/api/v1/namespaces/${namespace}`);
    }
    throw reason;
  }
}

/** The parts of a list, one after another (resource.Selector). @throws ServerError */
export function* listed(
  session: Session,
  { type, namespace, labelSelector, fieldSelector }: Collection,
  { accept, query, limit = 0 }: Asking = {},
): Generator<ResourceInfo> {
  const collection = collectionPath(type, namespace);
  const all = {
    ...query,
    labelSelector: labelSelector || undefined,
    fieldSelector: fieldSelector || undefined,
    limit: limit > 0 ? String(limit) : undefined,
  };
  for (let next: string | undefined; ; ) {
    let object: PlainObject;
    try {
      object = session.client.ask("GET", collection, { query: { ...all, continue: next }, ...(accept && { accept }) });
    } catch (reason) {
      if (reason instanceof ServerError) throw enhanced(reason, type, labelSelector, fieldSelector);
      throw reason;
    }
    yield { type, name: "", namespace, collection, source: undefined, object };
    next = (object.metadata as { continue?: string } | undefined)?.continue || undefined;
    if (next === undefined) return;
  }
}

/** What was being looked for stands before the server's reason (resource.EnhanceListError). */
function enhanced(error: ServerError, type: ResourceType, labels: string, fields: string): ServerError {
  if (error.reason !== "BadRequest" && error.reason !== "NotFound") return error;
  const subject = JSON.stringify(groupVersionResource(type));
  const what =
    labels === "" && fields === ""
      ? `Unable to list ${subject}`
      : `Unable to find ${subject} that match label selector ${JSON.stringify(labels)}, field selector ${JSON.stringify(fields)}`;
  return new ServerError({ ...error.status, message: `${what}: ${error.message}` });
}
