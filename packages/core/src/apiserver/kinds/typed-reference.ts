import type { TypedReference } from "../../model/ingress.ts";
import { type FieldError, invalid, required } from "../validate/field-error.ts";
import { dnsSubdomain, pathSegment } from "../validate/names.ts";

/** A reference to an object of any kind (validateIngressTypedLocalObjectReference). */
export function typedReferenceErrors({ apiGroup, kind = "", name = "" }: TypedReference, path: string): FieldError[] {
  const errors =
    apiGroup === undefined ? [] : dnsSubdomain(apiGroup).map((text) => invalid(`${path}.apiGroup`, apiGroup, text));
  for (const [field, value] of [
    ["kind", kind],
    ["name", name],
  ] as const) {
    if (value === "") errors.push(required(`${path}.${field}`));
    else errors.push(...pathSegment(value).map((text) => invalid(`${path}.${field}`, value, text)));
  }
  return errors;
}
