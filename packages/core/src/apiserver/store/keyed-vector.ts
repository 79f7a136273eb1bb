import {
  emptyVector,
  type RadixVector,
  vectorAppend,
  vectorForEach,
  vectorGet,
  vectorOf,
  vectorSet,
} from "./radix-vector.ts";

/** The places of keys, shared by all versions of a table that grew one from another without branching. */
interface KeyLine {
  readonly places: Map<string, number>;
  /** Where the newest version of the line appends. */
  next: number;
}

interface Entry<V> {
  readonly key: string;
  readonly value: V;
}

/**
 * A persistent map from text to values, iterated in the order in which keys first came in. Versions are values: `set`
 * and `delete` give a new one and leave this one as it is.
 *
 * Keys are interned once per line of versions, in a Map that the versions share: a key has the same place in all of
 * them, and whether it is there is a question to the version's own vector. Where a version that is not the newest of
 * its line takes a new key, the line branches and the Map is copied, which costs a pass over the keys, once a branch.
 * New entries are written into the vector that the versions share, behind the end of those before.
 */
export class KeyedVector<V> {
  static readonly empty: KeyedVector<never> = new KeyedVector<never>({ places: new Map(), next: 0 }, 0, emptyVector, 0);

  readonly size: number;
  readonly #line: KeyLine;
  readonly #end: number;
  readonly #entries: RadixVector<Entry<V>>;

  private constructor(line: KeyLine, end: number, entries: RadixVector<Entry<V>>, size: number) {
    this.#line = line;
    this.#end = end;
    this.#entries = entries;
    this.size = size;
    Object.freeze(this);
  }

  get(key: string): V | undefined {
    return this.#entry(key)?.value;
  }

  has(key: string): boolean {
    return this.#entry(key) !== undefined;
  }

  set(key: string, value: V): KeyedVector<V> {
    const known = this.#place(key);
    if (known !== undefined) {
      const old = vectorGet(this.#entries, known);
      // The same text is kept once, however many versions there are.
      const entry = { key: old?.key ?? key, value };
      const size = old === undefined ? this.size + 1 : this.size;
      return new KeyedVector(this.#line, this.#end, vectorSet(this.#entries, known, entry), size);
    }
    const line = this.#line.next === this.#end && this.#line.next > 0 ? this.#line : this.#branch();
    const place = this.#end;
    line.places.set(key, place);
    line.next = place + 1;
    return new KeyedVector(line, place + 1, vectorAppend(this.#entries, place, { key, value }), this.size + 1);
  }

  delete(key: string): KeyedVector<V> {
    const place = this.#place(key);
    if (place === undefined || vectorGet(this.#entries, place) === undefined) return this;
    const rest = new KeyedVector(this.#line, this.#end, vectorSet(this.#entries, place, undefined), this.size - 1);
    // Holes are closed when they outnumber what is left, which keeps a delete at a constant cost on average.
    return this.#end > 2 * rest.size + 64 ? KeyedVector.from(rest.entries()) : rest;
  }

  /** Values in the order in which their keys first came in. */
  values(): V[] {
    const all: V[] = [];
    vectorForEach(this.#entries, this.#end, (entry) => all.push(entry.value));
    return all;
  }

  keys(): string[] {
    const all: string[] = [];
    vectorForEach(this.#entries, this.#end, (entry) => all.push(entry.key));
    return all;
  }

  entries(): (readonly [key: string, value: V])[] {
    const all: (readonly [string, V])[] = [];
    vectorForEach(this.#entries, this.#end, (entry) => all.push([entry.key, entry.value]));
    return all;
  }

  /** A table of these pairs, built in one pass. Of equal keys the last value counts. */
  static from<V>(pairs: Iterable<readonly [string, V]>): KeyedVector<V> {
    const places = new Map<string, number>();
    const entries: Entry<V>[] = [];
    for (const [key, value] of pairs) {
      const known = places.get(key);
      if (known === undefined) {
        places.set(key, entries.length);
        entries.push({ key, value });
      } else {
        entries[known] = { key, value };
      }
    }
    return new KeyedVector({ places, next: entries.length }, entries.length, vectorOf(entries), entries.length);
  }

  /** The same table with all of these pairs set: in one pass when they are many, one by one when they are few. */
  setAll(pairs: readonly (readonly [string, V])[]): KeyedVector<V> {
    if (pairs.length * 8 < this.size) {
      let table: KeyedVector<V> = this;
      for (const [key, value] of pairs) table = table.set(key, value);
      return table;
    }
    return KeyedVector.from([...this.entries(), ...pairs]);
  }

  #entry(key: string): Entry<V> | undefined {
    const place = this.#place(key);
    return place === undefined ? undefined : vectorGet(this.#entries, place);
  }

  /** Places at or beyond this version's end belong to later versions. */
  #place(key: string): number | undefined {
    const place = this.#line.places.get(key);
    return place !== undefined && place < this.#end ? place : undefined;
  }

  #branch(): KeyLine {
    const places = new Map<string, number>();
    for (const [key, place] of this.#line.places) if (place < this.#end) places.set(key, place);
    return { places, next: this.#end };
  }
}
