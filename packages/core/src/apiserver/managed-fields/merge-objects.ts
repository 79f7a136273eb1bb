import { ownField, setField } from "../own-field.ts";
import { fieldMergeType, isNothing, itemMergeType, itemStep, type MergeType } from "./merge-type.ts";

/**
 * The object with the fields of an applied configuration in it (structured-merge-diff, TypedValue.Merge). Nothing is
 * removed; items keep the order of the configuration, and others stand where they stood.
 */
export function mergeObjects(live: unknown, applied: unknown, type: MergeType): unknown {
  if (applied === undefined) return live;
  if (live === undefined && type.kind !== "list" && type.kind !== "set") return applied;
  if (type.kind === "scalar" || type.kind === "atomic" || (isNothing(live) && isNothing(applied))) return applied;
  if (type.kind === "list" || type.kind === "set") {
    return mergeLists((live ?? []) as readonly unknown[], (applied ?? []) as readonly unknown[], type);
  }
  const left = (live ?? {}) as Readonly<Record<string, unknown>>;
  const right = (applied ?? {}) as Readonly<Record<string, unknown>>;
  const merged: Record<string, unknown> = { ...left };
  for (const [key, value] of Object.entries(right)) {
    const inner = fieldMergeType(type, key);
    setField(merged, key, inner === undefined ? value : mergeObjects(ownField(left, key), value, inner));
  }
  return merged;
}

function mergeLists(
  live: readonly unknown[],
  applied: readonly unknown[],
  type: MergeType & { kind: "set" | "list" },
): unknown[] {
  const steps = live.map((item) => itemStep(type, item));
  const wanted = applied.map((item) => itemStep(type, item));
  const inApplied = new Set(wanted);
  const inLive = new Set(steps);
  const shared = wanted.filter((step) => inLive.has(step));
  const merged = new Set<string | undefined>();
  const result: unknown[] = [];
  const mergeItem = (i: number): void => {
    const at = steps.indexOf(wanted[i]);
    const isDoubled = at !== steps.lastIndexOf(wanted[i]);
    merged.add(wanted[i]);
    result.push(mergeObjects(at < 0 || isDoubled ? undefined : live[at], applied[i], itemMergeType(type)));
  };
  let next = shared.shift();
  for (let l = 0, r = 0; l < live.length || r < applied.length; ) {
    if (l < live.length && r < applied.length) {
      if (steps[l] === wanted[r]) {
        mergeItem(r++);
        l++;
        next = shared.shift();
        continue;
      }
      if (inApplied.has(steps[l]) && next !== undefined && next !== steps[l]) {
        // A shared item, and not the one whose turn it is.
        l++;
        continue;
      }
    }
    if (l < live.length) {
      if (!inApplied.has(steps[l])) {
        result.push(live[l++]);
        continue;
      }
      if (merged.has(steps[l])) l++;
    }
    if (r < applied.length) {
      const step = wanted[r];
      mergeItem(r++);
      if (next === step) next = shared.shift();
    }
  }
  return result;
}
