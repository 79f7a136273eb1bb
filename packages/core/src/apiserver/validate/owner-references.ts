import type { OwnerReference } from "../../model/object-meta.ts";
import { type FieldError, invalid, required } from "./field-error.ts";

/** apimachinery pkg/api/validation, ValidateOwnerReferences. */
export function validateOwnerReferences(owners: readonly OwnerReference[], path: string): FieldError[] {
  const errors: FieldError[] = [];
  let first: string | undefined;
  for (const [i, owner] of owners.entries()) {
    errors.push(...ownerErrors(owner, `${path}[${i}]`));
    if (owner.controller !== true) continue;
    const name = `${owner.kind ?? ""}/${owner.name ?? ""}`;
    if (first === undefined) {
      first = name;
      continue;
    }
    const detail = `Only one reference can have Controller set to true. Found "true" in references for ${first} and ${name}`;
    errors.push(invalid(path, owners.map(written), detail));
  }
  return errors;
}

function ownerErrors(owner: OwnerReference, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const { group, version } = groupVersion(owner.apiVersion ?? "");
  if (!owner.apiVersion) errors.push(required(`${path}.apiVersion`, "must not be empty"));
  else if (version === "") {
    errors.push(invalid(`${path}.apiVersion`, owner.apiVersion, "must be <group>/<version> or <version>"));
  }
  for (const field of ["kind", "name", "uid"] as const) {
    if (!owner[field]) errors.push(required(`${path}.${field}`, "must not be empty"));
  }
  if (group === "" && version === "v1" && owner.kind === "Event") {
    errors.push(invalid(path, written(owner), "/v1, Kind=Event is disallowed from being an owner"));
  }
  return errors;
}

/** schema.ParseGroupVersion; without a version for what is none. */
function groupVersion(apiVersion: string): { group: string; version: string } {
  const parts = apiVersion.split("/");
  if (parts.length > 2) return { group: "", version: "" };
  return parts.length === 2 ? { group: parts[0]!, version: parts[1]! } : { group: "", version: parts[0]! };
}

/** As messages show it. */
function written({ apiVersion = "", kind = "", name = "", uid = "", ...rest }: OwnerReference): OwnerReference {
  const { controller, blockOwnerDeletion } = rest;
  return {
    apiVersion,
    kind,
    name,
    uid,
    ...(controller === undefined ? {} : { controller }),
    ...(blockOwnerDeletion === undefined ? {} : { blockOwnerDeletion }),
  };
}
