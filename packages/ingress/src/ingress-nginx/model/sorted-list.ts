/** A sorted list with other items put in their places, each behind those that are equal to it. */
export function withItems<T>(
  list: readonly T[],
  added: readonly T[],
  compare: (left: T, right: T) => number,
): readonly T[] {
  const merged: T[] = [];
  let from = 0;
  const keep = (to: number): void => {
    for (; from < to; from++) merged.push(list[from]!);
  };
  for (const item of [...added].sort(compare)) {
    keep(placeOf(list, from, item, compare));
    merged.push(item);
  }
  keep(list.length);
  return merged;
}

/** The first index from `from` on whose item comes behind this one. */
function placeOf<T>(list: readonly T[], from: number, item: T, compare: (left: T, right: T) => number): number {
  let [low, high] = [from, list.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare(list[middle]!, item) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
