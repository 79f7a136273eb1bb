import type { PlainObject } from "../manifest/manifest-document.ts";
import { type DeleteOptions, readDeleteOptions } from "./delete-options.ts";
import { badRequest } from "./refusals.ts";
import type { RestRequest } from "./request.ts";
import { readObjectBody } from "./request-body.ts";
import type { ResourceRoute } from "./route.ts";

/**
 * How a Pod is deleted that somebody evicts (pkg/registry/core/pod/storage/eviction.go).
 *
 * @throws StatusError BadRequest for another Pod's name
 */
export function readEviction(request: RestRequest, route: ResourceRoute): DeleteOptions {
  const { metadata, deleteOptions } = readObjectBody(request, "Eviction").value as {
    readonly metadata?: { readonly name?: string };
    readonly deleteOptions?: PlainObject;
  };
  if (metadata?.name !== route.name) throw badRequest("name in URL does not match name in Eviction object");
  const { body: _, ...rest } = request;
  if (deleteOptions === undefined) return readDeleteOptions(rest);
  const own = { ...deleteOptions, kind: "DeleteOptions", apiVersion: "v1" };
  return readDeleteOptions({ ...rest, body: JSON.stringify(own) });
}
