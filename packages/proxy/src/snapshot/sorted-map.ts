/** A stretch of a map's entries, in the order of their keys. Maps that came from one another share most of them. */
export interface Leaf<V> {
  readonly keys: readonly string[];
  readonly values: readonly V[];
}

/** An entry that came (`before` undefined), changed, or went (`after` undefined). */
export interface Difference<V> {
  readonly key: string;
  readonly before: V | undefined;
  readonly after: V | undefined;
}

/** A full leaf is halved. */
const mostInLeaf = 64;

/**
 * A persistent map from text to values, sorted by key in byte order. Versions are values: `with` gives a new one that
 * shares with this one all leaves that it does not touch. A change of one entry copies its leaf and the list of leaves,
 * which is a hundredth of the map's length; the difference of two versions costs what they do not share, and that list.
 */
export class SortedMap<V> {
  readonly size: number;
  readonly leaves: readonly Leaf<V>[];
  #values: readonly V[] | undefined;

  private constructor(leaves: readonly Leaf<V>[], size: number) {
    this.leaves = leaves;
    this.size = size;
  }

  static get empty(): SortedMap<never> {
    return emptyMap;
  }

  /** A map of these entries, whose keys differ. */
  static from<V>(entries: Iterable<readonly [string, V]>): SortedMap<V> {
    const sorted = [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
    const leaves: Leaf<V>[] = [];
    for (let i = 0; i < sorted.length; i += mostInLeaf / 2) {
      const part = sorted.slice(i, i + mostInLeaf / 2);
      leaves.push({ keys: part.map(([key]) => key), values: part.map(([, value]) => value) });
    }
    return new SortedMap(leaves, sorted.length);
  }

  get(key: string): V | undefined {
    const leaf = this.leaves[leafOf(this.leaves, key)];
    if (leaf === undefined) return undefined;
    const at = lowerBound(leaf.keys, key);
    return leaf.keys[at] === key ? leaf.values[at] : undefined;
  }

  /** The first key that does not stand before this one. */
  firstFrom(key: string): string | undefined {
    const at = leafOf(this.leaves, key);
    const keys = this.leaves[at]?.keys ?? [];
    return keys[lowerBound(keys, key)] ?? this.leaves[at + 1]?.keys[0];
  }

  /** All values in the order of their keys; the same array each time. */
  values(): readonly V[] {
    this.#values ??= this.leaves.flatMap((leaf) => leaf.values);
    return this.#values;
  }

  /** The map with these entries; `undefined` takes one away. */
  with(changes: ReadonlyMap<string, V | undefined>): SortedMap<V> {
    if (changes.size === 0) return this;
    if (changes.size * 8 > this.size) return SortedMap.from(merged(this.leaves, changes));
    const leaves = [...this.leaves];
    let { size } = this;
    for (const [key, value] of changes) size += put(leaves, key, value);
    return new SortedMap(leaves, size);
  }

  /** The entries whose values are not the same object in both maps, in the order of their keys. */
  static differences<V>(before: SortedMap<V>, after: SortedMap<V>): Difference<V>[] {
    const found: Difference<V>[] = [];
    const old = new Cursor(before.leaves);
    const now = new Cursor(after.leaves);
    while (!old.done || !now.done) {
      if (old.skipShared(now)) continue;
      const key = now.done || (!old.done && old.key < now.key) ? old.key : now.key;
      const gone = old.take(key);
      const come = now.take(key);
      if (gone !== come) found.push({ key, before: gone, after: come });
    }
    return found;
  }
}

/** Made after the class, which cannot be constructed while its own body is still being read. */
const emptyMap: SortedMap<never> = SortedMap.from<never>([]);

/** A place in a map's entries. */
class Cursor<V> {
  readonly #leaves: readonly Leaf<V>[];
  #leaf = 0;
  #at = 0;

  constructor(leaves: readonly Leaf<V>[]) {
    this.#leaves = leaves;
  }

  get done(): boolean {
    return this.#leaf === this.#leaves.length;
  }

  get key(): string {
    return this.#leaves[this.#leaf]!.keys[this.#at]!;
  }

  /** Where both stand before the same leaf, steps over it. */
  skipShared(other: Cursor<V>): boolean {
    if (this.done || this.#at > 0 || other.#at > 0) return false;
    if (this.#leaves[this.#leaf] !== other.#leaves[other.#leaf]) return false;
    this.#leaf++;
    other.#leaf++;
    return true;
  }

  /** The value here if it is this key's, stepping over it. */
  take(key: string): V | undefined {
    if (this.done || this.key !== key) return undefined;
    const { keys, values } = this.#leaves[this.#leaf]!;
    const value = values[this.#at++];
    if (this.#at === keys.length) {
      this.#leaf++;
      this.#at = 0;
    }
    return value;
  }
}

/** All entries after these changes, in no order. */
function merged<V>(leaves: readonly Leaf<V>[], changes: ReadonlyMap<string, V | undefined>): [string, V][] {
  const entries: [string, V][] = [];
  for (const { keys, values } of leaves) {
    for (let i = 0; i < keys.length; i++) if (!changes.has(keys[i]!)) entries.push([keys[i]!, values[i]!]);
  }
  for (const [key, value] of changes) if (value !== undefined) entries.push([key, value]);
  return entries;
}

/** Writes one entry into a list of leaves; gives back by how much the map grew. */
function put<V>(leaves: Leaf<V>[], key: string, value: V | undefined): number {
  const at = leafOf(leaves, key);
  const leaf = leaves[at] ?? { keys: [], values: [] };
  const place = lowerBound(leaf.keys, key);
  const known = leaf.keys[place] === key;
  if (!known && value === undefined) return 0;

  const keys = [...leaf.keys];
  const values = [...leaf.values];
  if (value === undefined) {
    keys.splice(place, 1);
    values.splice(place, 1);
  } else {
    keys.splice(place, known ? 1 : 0, key);
    values.splice(place, known ? 1 : 0, value);
  }
  leaves.splice(at, 1, ...halves(keys, values));
  return known ? (value === undefined ? -1 : 0) : 1;
}

/** As one leaf, as two if they are too many for one, as none if there are none. */
function halves<V>(keys: readonly string[], values: readonly V[]): Leaf<V>[] {
  if (keys.length === 0) return [];
  if (keys.length <= mostInLeaf) return [{ keys, values }];
  const half = mostInLeaf / 2;
  return [
    { keys: keys.slice(0, half), values: values.slice(0, half) },
    { keys: keys.slice(half), values: values.slice(half) },
  ];
}

/** The leaf that a key belongs to: the last one that does not begin after it. */
function leafOf(leaves: readonly Leaf<unknown>[], key: string): number {
  let low = 0;
  let high = leaves.length;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (leaves[middle]!.keys[0]! <= key) low = middle;
    else high = middle;
  }
  return low;
}

/** Where a key stands in a sorted list, or would. */
function lowerBound(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (keys[middle]! < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
