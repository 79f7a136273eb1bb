import { goText } from "../go-text.ts";
import {
  asObject,
  badPatchType,
  directive,
  holdObjects,
  isObject,
  type JsonObject,
  type Merging,
  mergeKeyOf,
  noMergeKey,
} from "./directives.ts";
import { inOrder, partition } from "./element-order.ts";
import type { FieldSchema } from "./patch-schema.ts";
import { StrategicFailure } from "./strategic-failure.ts";

/** Merges two lists with the merge strategy (mergeSlice); `isDeletion` takes the patch's values out of the other ones. */
export function mergeList(
  original: unknown[],
  patch: unknown[],
  schema: FieldSchema,
  merging: Merging,
  isDeletion: boolean,
): unknown[] {
  if (original.length === 0 && patch.length === 0) return original;
  const { mergeKey } = schema;
  if (!holdObjects(original, patch)) {
    if (isDeletion && merging.intoObject) return original.filter((item) => !patch.includes(item));
    const merged = withoutDoubles([...original, ...patch]);
    const [ofPatch, others] = partition(merged, patch, "");
    return inOrder(ofPatch, others, patch, original, "");
  }
  if (mergeKey === "") {
    throw new StrategicFailure(`cannot merge lists without merge key for ${schema.type.kind}`);
  }
  const special = applySpecialItems(original, patch, mergeKey);
  const merged = mergeItems(special.original, special.patch, schema, merging);
  const [ofPatch, others] = partition(merged, special.patch, mergeKey);
  return inOrder(ofPatch, others, special.patch, special.original, mergeKey);
}

/** Items with `$patch` say what becomes of the list, or of one item. */
function applySpecialItems(original: unknown[], patch: readonly unknown[], mergeKey: string) {
  const rest: unknown[] = [];
  let kept = original;
  let replaces = false;
  for (const item of patch as readonly JsonObject[]) {
    const wanted = item[directive.patch];
    if (!Object.hasOwn(item, directive.patch)) {
      rest.push(item);
    } else if (wanted === "delete") {
      if (!Object.hasOwn(item, mergeKey)) throw noMergeKey(item, mergeKey);
      kept = kept.filter((one) => asMapItem(one)[mergeKey] !== item[mergeKey]);
    } else if (wanted === "replace") {
      replaces = true;
    } else if (wanted === "merge") {
      throw new StrategicFailure("merging lists cannot yet be specified in the patch");
    } else {
      throw badPatchType(wanted, item);
    }
  }
  return replaces ? { original: rest, patch: [] } : { original: kept, patch: rest };
}

function mergeItems(original: unknown[], patch: readonly unknown[], { mergeKey, type }: FieldSchema, merging: Merging) {
  const merged = [...original];
  for (const item of patch) {
    const value = mergeKeyOf(item, mergeKey);
    const at = merged.findIndex((one) => asMapItem(one)[mergeKey] === value);
    if (at < 0) {
      merged.push(item);
    } else {
      merged[at] = merging.mergeObjects(asObject(merged[at]), asObject(item), type);
    }
  }
  return merged;
}

function asMapItem(value: unknown): JsonObject {
  if (isObject(value)) return value;
  throw new StrategicFailure(`value for key ${goText(value)} is not a map`);
}

/** In the order in which Go's algorithm leaves the values: the last one takes the place of a double. */
export function withoutDoubles(values: unknown[]): unknown[] {
  const kept = [...values];
  for (let i = 0; i < kept.length - 1; i++) {
    for (let j = i + 1; j < kept.length; j++) {
      if (kept[i] !== kept[j]) continue;
      const last = kept.pop();
      if (j < kept.length) kept[j] = last;
      j--;
    }
  }
  return kept;
}
