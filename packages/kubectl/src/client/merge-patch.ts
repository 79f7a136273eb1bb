import type { Plain, PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { ownField, setField } from "@kubenetsim/core/apiserver/own-field";

/** The smallest JSON merge patch (RFC 7396) that leads from one object to another. */
export function mergePatchBetween(from: PlainObject, to: PlainObject): PlainObject {
  const patch: Record<string, Plain> = {};
  for (const key of Object.keys(from)) if (ownField(to, key) === undefined) setField(patch, key, null);
  for (const [key, value] of Object.entries(to)) {
    const before = ownField(from, key);
    if (value === undefined || JSON.stringify(before) === JSON.stringify(value)) continue;
    setField(patch, key, isObject(before) && isObject(value) ? mergePatchBetween(before, value) : value);
  }
  return patch;
}

function isObject(value: Plain | undefined): value is PlainObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
