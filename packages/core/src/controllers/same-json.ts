import { sortedJson } from "./template-hash.ts";

/** Whether two JSON values are equal, whatever the order of their keys; undefined equals undefined. */
export function sameJson(a: unknown, b: unknown): boolean {
  return a === b || (a !== undefined && b !== undefined && sortedJson(a) === sortedJson(b));
}
