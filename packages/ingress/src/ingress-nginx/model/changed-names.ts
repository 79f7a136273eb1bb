/** The names of all that is not the very same object in two lists, both by name. */
export function changedNames<T>(before: readonly T[], after: readonly T[], nameOf: (item: T) => string): Set<string> {
  const names = new Set<string>();
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    if (i < before.length && before[i] === after[j]) {
      i++;
      j++;
      continue;
    }
    const left = i < before.length ? nameOf(before[i]!) : undefined;
    const right = j < after.length ? nameOf(after[j]!) : undefined;
    const isGone = right === undefined || (left !== undefined && left < right);
    names.add(isGone ? left! : right);
    if (isGone || left === right) i++;
    if (!isGone) j++;
  }
  return names;
}

/** The last of a name in a list by name. */
export function lastNamed<T>(items: readonly T[], name: string, nameOf: (item: T) => string): T | undefined {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (nameOf(items[middle]!) <= name) low = middle + 1;
    else high = middle;
  }
  const found = items[low - 1];
  return found !== undefined && nameOf(found) === name ? found : undefined;
}
