import { manifestLimits } from "../manifest/limits.ts";
import { JsonPatchFailure } from "./json-patch.ts";

/**
 * An object as evanphx/json-patch leaves it behind: what a patch has touched is sorted by keys, what it has not comes in
 * the order in which it was. It is decoded in that order, and refusals spell it out.
 *
 * @param touched the objects that the patch went through
 * @throws JsonPatchFailure where moves have nested it deeper than is read
 */
export function sortedWhere(value: unknown, touched: ReadonlySet<unknown>, level = 0): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (level > manifestLimits.depth) throw new JsonPatchFailure();
  if (Array.isArray(value)) return value.map((item) => sortedWhere(item, touched, level + 1));
  const object = value as Readonly<Record<string, unknown>>;
  const keys = Object.keys(object);
  if (touched.has(value)) keys.sort();
  return Object.fromEntries(keys.map((key) => [key, sortedWhere(object[key], touched, level + 1)]));
}

/** As Go writes it in JSON, with what would mean something in HTML escaped. */
export function patchedText(object: unknown): string {
  const escaped = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(object).replace(/[<>&\u2028\u2029]/g, escaped);
}
