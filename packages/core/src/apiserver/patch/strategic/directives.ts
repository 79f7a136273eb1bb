import type { FieldType } from "../../decode/field-type.ts";
import { setField } from "../../own-field.ts";
import { goText, goTypeOf } from "../go-text.ts";
import { StrategicFailure } from "./strategic-failure.ts";

export type JsonObject = Record<string, unknown>;

/** Keys of a patch that are none of the object's. */
export const directive = {
  patch: "$patch",
  retainKeys: "$retainKeys",
  deleteFromPrimitiveList: "$deleteFromPrimitiveList",
  setElementOrder: "$setElementOrder",
} as const;

/** Where the outcome of a merge goes. */
export interface MergeOptions {
  /** To the object (the server); else to another patch (the client), whose directives stay. */
  readonly intoObject: boolean;
}

/** A merge under way. */
export interface Merging extends MergeOptions {
  /** Merges two objects of a type; lists hold such. */
  readonly mergeObjects: (original: JsonObject, patch: JsonObject, type: FieldType) => JsonObject;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function asList(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  throw new StrategicFailure(`expected a []interface {}, but received a ${goTypeOf(value)}`);
}

export function asObject(value: unknown): JsonObject {
  if (isObject(value)) return value;
  throw new StrategicFailure(`expected a map[string]interface {}, but received a ${goTypeOf(value)}`);
}

/** What an item is known by. @throws StrategicFailure when it has no such field */
export function mergeKeyOf(item: unknown, mergeKey: string): unknown {
  const object = asObject(item);
  if (Object.hasOwn(object, mergeKey)) return object[mergeKey];
  throw noMergeKey(object, mergeKey);
}

export function noMergeKey(object: JsonObject, mergeKey: string): StrategicFailure {
  return new StrategicFailure(`map: ${goText(object)} does not contain declared merge key: ${mergeKey}`);
}

export function badPatchType(type: unknown, object: JsonObject): StrategicFailure {
  return new StrategicFailure(`unknown patch type: ${goText(type)} in map: ${goText(object)}`);
}

/** `$setElementOrder/ports` → `ports`. */
export function fieldOf(key: string, prefix: string): string {
  const slash = key.indexOf("/");
  if (slash >= 0 && key.slice(0, slash) === prefix) return key.slice(slash + 1);
  const what = prefix === directive.setElementOrder ? "setElementOrder list" : "primitive list";
  throw new StrategicFailure(`invalid patch format of ${what}`, "bad request");
}

/** Are the items of all lists objects? They must be of one type. @throws StrategicFailure */
export function holdObjects(...lists: readonly (readonly unknown[])[]): boolean {
  const items = lists.flat(1);
  const types = new Set(items.map(typeName));
  if (types.size > 1) throw new StrategicFailure(`list element types are not identical: ${goText(lists)}`);
  if (items.length === 0) throw new StrategicFailure("no elements in any of the given slices");
  if (types.has("list")) throw new StrategicFailure("lists of lists are not supported", "unprocessable");
  return types.has("object");
}

export function typeName(value: unknown): string {
  if (Array.isArray(value)) return "list";
  if (value === null) return "null";
  return typeof value === "number" ? goTypeOf(value) : typeof value;
}

/** What is left of a value when its directives are taken out; undefined when it is one itself. */
export function withoutDirectives(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDirectives).filter((item) => item !== undefined);
  if (!isObject(value)) return value;
  if (Object.hasOwn(value, directive.patch)) return undefined;
  for (const key of Object.keys(value)) {
    const kept = withoutDirectives(value[key]);
    if (kept === undefined) delete value[key];
    else setField(value, key, kept);
  }
  return value;
}

/** Nulls of objects are dropped all the way down. */
export function dropNulls(value: unknown): void {
  if (Array.isArray(value)) {
    for (const item of value) dropNulls(item);
  } else if (isObject(value)) {
    for (const key of Object.keys(value)) {
      if (value[key] === null) delete value[key];
      else dropNulls(value[key]);
    }
  }
}
