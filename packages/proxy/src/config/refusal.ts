import type { FieldPath } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import type { StatusCause } from "@kubenetsim/core/runtime/errors";

/** A refusal, and the field of the document that it is about. */
export interface Refusal {
  readonly cause: StatusCause;
  readonly path: FieldPath;
}

/** field.Invalid below `KubeProxyConfiguration`. */
export function invalid(field: string, value: unknown, message: string, path: FieldPath): Refusal {
  return refuse(field, "FieldValueInvalid", `Invalid value: ${JSON.stringify(value)}: ${message}`, path);
}

export function refuse(field: string, reason: StatusCause["reason"], message: string, path: FieldPath): Refusal {
  return { cause: { field: `KubeProxyConfiguration.${field}`, reason, message }, path };
}
