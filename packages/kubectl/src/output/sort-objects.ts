import type { Plain, PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { goQuoted } from "@kubenetsim/core/runtime/go-quoted";
import { failure } from "../command-error.ts";
import { goSort } from "./go-sort.ts";
import { goTypeOf } from "./go-text.ts";
import { JsonPath } from "./jsonpath/json-path.ts";
import { PathError } from "./jsonpath/parse-path.ts";
import { plainOf } from "./jsonpath/path-value.ts";
import { compareQuantities, readQuantity } from "./quantity.ts";
import { relaxedPath } from "./relaxed-path.ts";

/**
 * Sorts by what a field holds (kubectl pkg/cmd/get/sorter.go); what lacks it comes first.
 *
 * @throws CommandError for a field that none has, and for one that cannot be sorted by
 */
export function sortByField<T>(items: readonly T[], field: string, objectOf: (item: T) => PlainObject): T[] {
  const path = pathOf(field);
  const keyed = items.map((item) => ({ item, value: firstValue(path, objectOf(item)) }));
  if (!keyed.some(({ value }) => value !== undefined)) {
    throw failure(`couldn't find any field with path ${goQuoted(relaxedPath(field))} in the list of objects`);
  }
  return goSort(keyed, (a, b) => isLess(a.value, b.value, field)).map(({ item }) => item);
}

function pathOf(field: string): JsonPath {
  try {
    return new JsonPath(relaxedPath(field));
  } catch (reason) {
    if (reason instanceof PathError) throw failure(reason.message);
    throw reason;
  }
}

function firstValue(path: JsonPath, object: PlainObject): Plain | undefined {
  try {
    const value = path.find(object)[0]?.[0];
    return value === undefined ? undefined : plainOf(value);
  } catch (reason) {
    if (reason instanceof PathError) throw failure(reason.message);
    throw reason;
  }
}

function isLess(a: Plain | undefined, b: Plain | undefined, field: string): boolean {
  if (a === undefined) return true;
  if (b === undefined) return false;
  if (typeof a !== "string" && typeof a !== "number" && typeof a !== "bigint") throw unsortable(a, field);
  if (goTypeOf(a) !== goTypeOf(b)) throw unsortable(a, field);
  if (typeof a !== "string") return a < (b as number);
  const left = readQuantity(a);
  const right = readQuantity(b as string);
  return left !== undefined && right !== undefined ? compareQuantities(left, right) < 0 : a < (b as string);
}

function unsortable(value: Plain, field: string): Error {
  return failure(`Field ${relaxedPath(field)} is an unsortable type: ${goTypeOf(value)}`);
}
