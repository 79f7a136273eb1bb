import { setField } from "../own-field.ts";
import { FieldSet } from "./field-set.ts";
import { fieldMergeType, itemMergeType, itemStep, type MergeType } from "./merge-type.ts";

/** Every leaf and item that an object mentions (structured-merge-diff, TypedValue.ToFieldSet). */
export function fieldsOf(value: unknown, type: MergeType): FieldSet {
  const set = new FieldSet();
  collect(value, type, [], set);
  return set;
}

function collect(value: unknown, type: MergeType, path: readonly string[], set: FieldSet): void {
  if (type.kind === "scalar" || type.kind === "atomic") {
    set.insert(path);
  } else if (type.kind === "list" || type.kind === "set") {
    for (const item of (value ?? []) as readonly unknown[]) {
      const step = itemStep(type, item);
      if (step === undefined) continue;
      collect(item, itemMergeType(type), [...path, step], set);
      set.insert([...path, step]);
    }
  } else {
    for (const [key, inner] of Object.entries((value ?? {}) as Record<string, unknown>)) {
      const innerType = fieldMergeType(type, key);
      if (innerType === undefined) continue;
      const at = [...path, `f:${key}`];
      collect(inner, innerType, at, set);
      if (type.kind === "map" || inner === null || isEmptyMap(inner)) set.insert(at);
    }
  }
}

function isEmptyMap(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
}

/**
 * The set with every named field on the way to a path as a path of its own (EnsureNamedFieldsAreMembers): so that what
 * holds nothing any more is removed, too.
 */
export function withNamedFields(set: FieldSet, type: MergeType | undefined): FieldSet {
  const result = new FieldSet();
  result.isMember = set.isMember;
  for (const [step, child] of set.children) {
    const inner = withNamedFields(child, stepType(type, step));
    if (type?.kind === "struct" && step.startsWith("f:") && type.type.fields.has(step.slice(2))) inner.isMember = true;
    result.put(step, inner);
  }
  return result;
}

function stepType(type: MergeType | undefined, step: string): MergeType | undefined {
  if (type?.kind === "struct" || type?.kind === "map") return fieldMergeType(type, step.slice(2));
  if (type?.kind === "list" || type?.kind === "set") return itemMergeType(type);
  return undefined;
}

/** The value without the paths of a set; undefined when nothing is left (typed.RemoveItems). */
export function removeFields(value: unknown, set: FieldSet, type: MergeType): unknown {
  if (type.kind === "scalar") return value;
  if (type.kind === "atomic" || typeof value !== "object" || value === null) return undefined;
  if (type.kind === "list" || type.kind === "set") {
    const kept: unknown[] = [];
    for (const item of value as readonly unknown[]) {
      const below = set.children.get(itemStep(type, item) ?? "");
      if (below?.isMember === true) continue;
      kept.push(below === undefined ? item : removeFields(item, below, itemMergeType(type)));
    }
    return kept.length > 0 ? kept : undefined;
  }
  const kept: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value as Record<string, unknown>)) {
    const below = set.children.get(`f:${key}`);
    if (below?.isMember === true) continue;
    const innerType = fieldMergeType(type, key);
    const left = below === undefined || innerType === undefined ? inner : removeFields(inner, below, innerType);
    setField(kept, key, left ?? null);
  }
  return Object.keys(kept).length > 0 ? kept : undefined;
}
