import { directive, isObject, mergeKeyOf } from "./directives.ts";

// The order of the items of a merged list (apimachinery pkg/util/strategicpatch, normalizeElementOrder): that of the
// patch first, and what only the server has where it stood.

/** What of the items stands in the other list, and the rest. Without a merge key the items are known by themselves. */
export function partition(items: readonly unknown[], by: readonly unknown[], mergeKey: string): [unknown[], unknown[]] {
  const inside: unknown[] = [];
  const outside: unknown[] = [];
  for (const item of items) {
    if (mergeKey !== "") mergeKeyOf(item, mergeKey);
    (indexIn(by, item, mergeKey) >= 0 ? inside : outside).push(item);
  }
  return [inside, outside];
}

export function inOrder(
  ofPatch: readonly unknown[],
  others: readonly unknown[],
  patchOrder: readonly unknown[],
  serverOrder: readonly unknown[],
  mergeKey: string,
): unknown[] {
  const right = sortedBy(ofPatch, patchOrder, mergeKey);
  const left = sortedBy(others, serverOrder, mergeKey);
  const merged: unknown[] = [];
  let i = 0;
  let j = 0;
  while (i < left.length || j < right.length) {
    const takesLeft = j >= right.length || (i < left.length && isBefore(left[i], right[j], serverOrder, mergeKey));
    merged.push(takesLeft ? left[i++] : right[j++]);
  }
  return merged;
}

function isBefore(a: unknown, b: unknown, order: readonly unknown[], mergeKey: string): boolean {
  const left = indexIn(order, a, mergeKey);
  const right = indexIn(order, b, mergeKey);
  return left >= 0 && right >= 0 && left < right;
}

/** Sorts by the place in the other list; items to be deleted go to the end. */
export function sortedBy(items: readonly unknown[], order: readonly unknown[], mergeKey: string): unknown[] {
  if (mergeKey !== "") for (const item of [...items, ...order]) mergeKeyOf(item, mergeKey);
  const kept = items.filter((item) => !isDeletion(item, mergeKey));
  const sorted = insertionSorted(kept, (a, b) => {
    const left = indexIn(order, a, mergeKey);
    const right = indexIn(order, b, mergeKey);
    // What does not stand there is before everything: no order at all, so the way of sorting counts.
    return left < 0 || right < 0 || left < right;
  });
  return [...sorted, ...items.filter((item) => isDeletion(item, mergeKey))];
}

/** As Go's sort.SliceStable sorts up to twenty items. */
function insertionSorted<T>(items: readonly T[], less: (a: T, b: T) => boolean): T[] {
  const sorted = [...items];
  for (let i = 1; i < sorted.length; i++) {
    for (let j = i; j > 0 && less(sorted[j]!, sorted[j - 1]!); j--) {
      const item = sorted[j]!;
      sorted[j] = sorted[j - 1]!;
      sorted[j - 1] = item;
    }
  }
  return sorted;
}

function isDeletion(item: unknown, mergeKey: string): boolean {
  return mergeKey !== "" && isObject(item) && item[directive.patch] === "delete";
}

function indexIn(list: readonly unknown[], item: unknown, mergeKey: string): number {
  if (mergeKey === "") return list.indexOf(item);
  const value = (item as Record<string, unknown>)[mergeKey];
  return list.findIndex((one) => isObject(one) && one[mergeKey] === value);
}
