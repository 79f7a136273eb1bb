import { infoOf } from "../decode/kinds.ts";
import { invalid, invalidObject } from "../validate/field-error.ts";
import { decodeBody } from "./decode-body.ts";
import { checkedOptions, type DeleteOptions, type GivenOptions, unsafe } from "./delete-options.ts";
import { badRequest } from "./refusals.ts";
import type { RequestBody } from "./request-body.ts";
import type { ResourceRoute } from "./route.ts";
import type { WarningRecorder } from "./warning-recorder.ts";
import type { WriteOptions } from "./write-options.ts";

/**
 * How a Pod is deleted that somebody evicts (pkg/registry/core/pod/storage/eviction.go).
 *
 * @throws StatusError BadRequest for another Pod's name
 */
export function readEviction(
  body: RequestBody,
  route: ResourceRoute,
  { dryRun, fieldValidation }: WriteOptions,
  warnings: WarningRecorder,
): DeleteOptions {
  // The version before is the same type, and still taken.
  const isOlder = body.value.apiVersion === "policy/v1beta1";
  const current = isOlder ? { ...body, value: { ...body.value, apiVersion: infoOf("Eviction").apiVersion } } : body;
  const decoded = decodeBody(current, "Eviction", fieldValidation);
  warnings.add(...decoded.warnings);
  const { metadata, deleteOptions = {} } = decoded.draft as unknown as Eviction;
  requireNamespace(metadata.namespace, route);
  if (metadata.name !== route.name) throw badRequest("name in URL does not match name in Eviction object");
  if (deleteOptions[unsafe] === true) {
    const detail = "can not be set for pod eviction, try after removing the option";
    throw invalidObject(infoOf("Eviction").qualified, route.name!, [invalid(`deleteOptions.${unsafe}`, true, detail)]);
  }
  return checkedOptions(dryRun ? { ...deleteOptions, dryRun: ["All"] } : deleteOptions);
}

interface Eviction {
  readonly metadata: { readonly name?: string; readonly namespace?: string };
  readonly deleteOptions?: GivenOptions;
}

function requireNamespace(given: string | undefined, { namespace }: ResourceRoute): void {
  if (!given || given === namespace) return;
  throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
}
