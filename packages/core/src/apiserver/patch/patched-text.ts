import { inFieldOrder } from "../decode/field-order.ts";

/**
 * An object as evanphx/json-patch leaves it behind: what a patch has touched is sorted by keys, what it has not comes in
 * the order of the struct. The API server's refusals spell it out.
 *
 * @param touched the objects that the patch went through
 */
export function patchedText(object: unknown, touched: ReadonlySet<unknown>): string {
  return escapeHtml(JSON.stringify(sortedWhere(object, touched)));
}

/** Such an object before the patch. */
export function beforePatch<T>(object: T, struct: string): T {
  return inFieldOrder(object, struct);
}

function sortedWhere(value: unknown, touched: ReadonlySet<unknown>): unknown {
  if (Array.isArray(value)) return value.map((item) => sortedWhere(item, touched));
  if (typeof value !== "object" || value === null) return value;
  const object = value as Readonly<Record<string, unknown>>;
  const keys = Object.keys(object);
  if (touched.has(value)) keys.sort();
  return Object.fromEntries(keys.map((key) => [key, sortedWhere(object[key], touched)]));
}

/** Go escapes what would mean something in HTML. */
function escapeHtml(text: string): string {
  return text.replace(/[<>&\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
