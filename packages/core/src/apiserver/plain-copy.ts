import { setField } from "./own-field.ts";

/** A copy of a JSON value all the way down, free to be changed; fields that are undefined are none. */
export function plainCopy<T>(value: T): T {
  if (Array.isArray(value)) return value.map(plainCopy) as T;
  if (typeof value !== "object" || value === null) return value;
  const copy: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value)) if (inner !== undefined) setField(copy, key, plainCopy(inner));
  return copy as T;
}
