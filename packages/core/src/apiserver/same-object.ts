import { ownField } from "./own-field.ts";

/**
 * Deep equality of JSON values, in which an absent field is like an undefined one or an empty list and the order of fields
 * is nothing (apimachinery pkg/api/equality, Semantic).
 */
export function sameObject(a: unknown, b: unknown, field = ""): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, i) => sameObject(item, b[i]))
    );
  }
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
    // Each write has its own.
    if (field === "metadata" && key === "resourceVersion") continue;
    const old = ownField(left, key);
    const now = ownField(right, key);
    if (!sameObject(old, now, key) && !(isNothing(old) && isNothing(now))) return false;
  }
  return true;
}

function isNothing(value: unknown): boolean {
  return value === undefined || (Array.isArray(value) && value.length === 0);
}
