import { ownField } from "../own-field.ts";
import { sameJson } from "../patch/json-patch.ts";
import { FieldSet } from "./field-set.ts";
import { fieldMergeType, isNothing, itemMergeType, itemStep, type MergeType } from "./merge-type.ts";

/** In what two objects differ (structured-merge-diff, typed.Comparison). */
export interface Comparison {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

export function compareObjects(before: unknown, after: unknown, type: MergeType): Comparison {
  const comparison: Comparison = { added: new FieldSet(), modified: new FieldSet(), removed: new FieldSet() };
  compare(before, after, type, [], comparison);
  return comparison;
}

/** A missing value is undefined; null is a value. */
function compare(before: unknown, after: unknown, type: MergeType, path: readonly string[], found: Comparison): void {
  const isLeaf = type.kind === "scalar" || type.kind === "atomic" || (isNothing(before) && isNothing(after));
  if (!isLeaf) {
    if (type.kind === "list" || type.kind === "set") compareLists(before, after, type, path, found);
    else compareMaps(before, after, type, path, found);
  }
  if (before === undefined) found.added.insert(path);
  else if (after === undefined) found.removed.insert(path);
  else if (isLeaf && !sameJson(before, after)) found.modified.insert(path);
}

function compareMaps(
  before: unknown,
  after: unknown,
  type: MergeType & { kind: "struct" | "map" },
  path: readonly string[],
  found: Comparison,
): void {
  const left = (before ?? {}) as Readonly<Record<string, unknown>>;
  const right = (after ?? {}) as Readonly<Record<string, unknown>>;
  for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
    const old = ownField(left, key);
    const now = ownField(right, key);
    // A field may be there and hold nothing at all.
    if (old === undefined && now === undefined) continue;
    const inner = fieldMergeType(type, key);
    if (inner !== undefined) compare(old, now, inner, [...path, `f:${key}`], found);
  }
}

function compareLists(
  before: unknown,
  after: unknown,
  type: MergeType & { kind: "set" | "list" },
  path: readonly string[],
  found: Comparison,
): void {
  const left = itemsByStep(type, before);
  const right = itemsByStep(type, after);
  for (const step of new Set([...left.keys(), ...right.keys()])) {
    const old = left.get(step) ?? [];
    const now = right.get(step) ?? [];
    const at = [...path, step];
    const item = itemMergeType(type);
    if (old.length <= 1 && now.length <= 1) compare(old[0], now[0], item, at, found);
    else if (old.length > 1 && now.length > 1) {
      if (!sameJson(old, now)) found.modified.insert(at);
    } else if (old.length > 1) {
      if (now.length > 0) compare(undefined, now[0], item, at, found);
      found.removed.insert(at);
    } else {
      if (old.length > 0) compare(old[0], undefined, item, at, found);
      found.added.insert(at);
    }
  }
}

function itemsByStep(type: MergeType & { kind: "set" | "list" }, list: unknown): Map<string, unknown[]> {
  const items = new Map<string, unknown[]>();
  for (const item of (list ?? []) as readonly unknown[]) {
    const step = itemStep(type, item);
    if (step === undefined) continue;
    const same = items.get(step);
    if (same === undefined) items.set(step, [item]);
    else same.push(item);
  }
  return items;
}
