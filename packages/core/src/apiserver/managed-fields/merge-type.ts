import type { FieldType } from "../decode/field-type.ts";
import { isAtomicStruct, type ListKey, type MergeRule, mergeRule } from "../decode/merge-rules.ts";

/** How a value is owned and merged by server-side apply: one value, a list of known items, or a map of fields. */
export type MergeType =
  | { readonly kind: "scalar"; readonly type: FieldType }
  | { readonly kind: "atomic"; readonly type: FieldType }
  | { readonly kind: "set"; readonly type: FieldType }
  | { readonly kind: "list"; readonly keys: readonly ListKey[]; readonly item: FieldType; readonly type: FieldType }
  | { readonly kind: "map"; readonly value: FieldType; readonly type: FieldType }
  | { readonly kind: "struct"; readonly type: FieldType & { readonly kind: "struct" } };

/** Of a value that stands in no field of a struct, or in one with a rule. */
export function mergeTypeOf(type: FieldType, rule?: MergeRule): MergeType {
  switch (type.kind) {
    case "struct":
      return rule?.isAtomic === true || isAtomicStruct(type.id) ? { kind: "atomic", type } : { kind: "struct", type };
    case "map":
      return rule?.isAtomic === true ? { kind: "atomic", type } : { kind: "map", value: type.element, type };
    case "list":
      if (rule?.items === undefined) return { kind: "atomic", type };
      if (rule.items === "set") return { kind: "set", type };
      return { kind: "list", keys: rule.items, item: type.element, type };
    default:
      return { kind: "scalar", type };
  }
}

/** Of a field or key; undefined for a field that the struct does not have. */
export function fieldMergeType(type: MergeType & { kind: "struct" | "map" }, key: string): MergeType | undefined {
  if (type.kind === "map") return mergeTypeOf(type.value);
  const field = type.type.fields.get(key);
  return field === undefined ? undefined : mergeTypeOf(field.type, mergeRule(type.type.id, key));
}

/** Of an item of a list whose items are known. */
export function itemMergeType(type: MergeType & { kind: "set" | "list" }): MergeType {
  return mergeTypeOf(type.kind === "list" ? type.item : (type.type as FieldType & { kind: "list" }).element);
}

/** The step to an item; undefined when it lacks a key that nothing stands in for. */
export function itemStep(type: MergeType & { kind: "set" | "list" }, item: unknown): string | undefined {
  if (type.kind === "set") return `v:${JSON.stringify(item)}`;
  const object = (item ?? {}) as Readonly<Record<string, unknown>>;
  const keys: [string, unknown][] = [];
  for (const { name, initial } of type.keys) {
    const value = object[name] ?? initial;
    if (value !== undefined) keys.push([name, value]);
  }
  if (keys.length === 0) return undefined;
  return `k:${JSON.stringify(Object.fromEntries(keys.sort(([a], [b]) => (a < b ? -1 : 1))))}`;
}

/** Of values that are empty there is nothing to go into. */
export function isNothing(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}
