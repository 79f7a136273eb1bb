import { ownField, setField } from "../own-field.ts";

type JsonObject = Record<string, unknown>;

/**
 * Applies a JSON merge patch (RFC 7386) as gopkg.in/evanphx/json-patch.v4 does: nulls below a value that was not there
 * before, or was none to be merged into, are dropped. The document is changed in place.
 *
 * @param touched is told the objects that were merged
 */
export function applyMergePatch(document: JsonObject, patch: Readonly<JsonObject>, touched: Set<unknown>): void {
  touched.add(document);
  for (const [key, value] of Object.entries(patch)) {
    const before = ownField(document, key);
    if (value === null) delete document[key];
    else if (!isObject(before)) setField(document, key, withoutNulls(value, touched));
    else if (isObject(value)) applyMergePatch(before, value, touched);
    else setField(document, key, value);
  }
}

/** Nulls of objects are dropped, those of lists stay. */
function withoutNulls(value: unknown, touched: Set<unknown>): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutNulls(item, touched));
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter((entry) => entry[1] !== null);
  const result = Object.fromEntries(kept.map(([key, inner]) => [key, withoutNulls(inner, touched)]));
  touched.add(result);
  return result;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
