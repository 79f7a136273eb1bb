/** Values in the order of their keys. */
export interface SortedValues<V> {
  readonly keys: readonly string[];
  readonly values: readonly V[];
}

export const noValues: SortedValues<never> = { keys: [], values: [] };

/** The values with some of them others, new or gone (undefined). */
export function withChanges<V>(before: SortedValues<V>, changes: ReadonlyMap<string, V | undefined>): SortedValues<V> {
  const { keys, values } = before;
  const nextKeys: string[] = [];
  const nextValues: V[] = [];
  let from = 0;
  let hasChanged = false;
  const keep = (to: number): void => {
    for (; from < to; from++) {
      nextKeys.push(keys[from]!);
      nextValues.push(values[from]!);
    }
  };
  for (const key of [...changes.keys()].sort()) {
    keep(firstNotBefore(keys, key, from));
    const value = changes.get(key);
    const wasThere = keys[from] === key;
    hasChanged ||= wasThere || value !== undefined;
    if (wasThere) from++;
    if (value === undefined) continue;
    nextKeys.push(key);
    nextValues.push(value);
  }
  if (!hasChanged) return before;
  keep(keys.length);
  return { keys: nextKeys, values: nextValues };
}

function firstNotBefore(keys: readonly string[], key: string, from: number): number {
  let [low, high] = [from, keys.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (keys[middle]! < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
