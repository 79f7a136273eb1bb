import type { Plain, PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { ownField, setField } from "@kubenetsim/core/apiserver/own-field";

/** Lists of objects that a strategic merge patch goes through by a key (k8s.io/api, `patchMergeKey`). */
const mergeKeys: Readonly<Record<string, string>> = {
  containers: "name",
  env: "name",
  initContainers: "name",
};

/**
 * A strategic merge patch between two objects, of the kind that `kubectl set` and `kubectl rollout` send: fields, and the
 * containers of a Pod and their variables one by one (apimachinery pkg/util/strategicpatch, CreateTwoWayMergePatch). Other
 * lists are replaced as a whole.
 */
export function strategicPatchBetween(from: PlainObject, to: PlainObject): PlainObject {
  const patch: Record<string, Plain> = {};
  for (const key of Object.keys(from)) if (ownField(to, key) === undefined) setField(patch, key, null);
  for (const [key, value] of Object.entries(to)) {
    const before = ownField(from, key);
    if (value === undefined || JSON.stringify(before) === JSON.stringify(value)) continue;
    const mergeKey = ownField(mergeKeys, key);
    if (isObject(before) && isObject(value)) {
      const inner = strategicPatchBetween(before, value);
      if (Object.keys(inner).length > 0) setField(patch, key, inner);
    } else if (mergeKey !== undefined && Array.isArray(value)) {
      const old = (before ?? []) as readonly PlainObject[];
      const order = orderOf(value as readonly PlainObject[], mergeKey);
      const changes = listPatch(old, value as readonly PlainObject[], mergeKey);
      if (changes.length === 0 && JSON.stringify(order) === JSON.stringify(orderOf(old, mergeKey))) continue;
      patch[`$setElementOrder/${key}`] = order;
      patch[key] = changes;
    } else setField(patch, key, value);
  }
  return patch;
}

function orderOf(items: readonly PlainObject[], key: string): PlainObject[] {
  return items.map((item) => ({ [key]: item[key]! }));
}

function listPatch(from: readonly PlainObject[], to: readonly PlainObject[], key: string): PlainObject[] {
  const changed = to.flatMap((item) => {
    const before = from.find((one) => one[key] === item[key]);
    if (before === undefined) return [item];
    const patch = strategicPatchBetween(before, item);
    return Object.keys(patch).length === 0 ? [] : [{ ...patch, [key]: item[key]! }];
  });
  const gone = from.filter((item) => !to.some((one) => one[key] === item[key]));
  return [...changed, ...gone.map((item) => ({ $patch: "delete", [key]: item[key]! }))];
}

function isObject(value: Plain | undefined): value is PlainObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
