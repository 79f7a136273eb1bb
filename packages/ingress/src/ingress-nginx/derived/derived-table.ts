import { type Reader, Table } from "./table.ts";

/** Makes the value of a key; what it reads with `reader` makes the value stale when it changes. */
export type Derive<V> = (key: string, reader: Reader) => V | undefined;

/**
 * A table whose values follow from other tables'. Each is kept until something that it was made of changes. Tables are refreshed
 * one after the other, each after those that it reads.
 */
export class DerivedTable<V> extends Table<V> {
  readonly #derive: Derive<V>;
  readonly #isSame: (before: V, after: V) => boolean;
  readonly #cells = new Map<string, Cell<V>>();
  readonly #stale = new Set<string>();
  /** Keys whose values changed since they were last asked for. */
  readonly #changed = new Set<string>();

  /** Where `isSame` finds a value no other than before, nobody hears of it. */
  constructor(derive: Derive<V>, isSame: (before: V, after: V) => boolean = () => false) {
    super();
    this.#derive = derive;
    this.#isSame = isSame;
  }

  get(key: string): V | undefined {
    const cell = this.#cells.get(key);
    return cell === undefined || (this.#stale.size > 0 && this.#stale.has(key)) ? this.#make(key) : cell.value;
  }

  /** Keeps the value of a key up to date from now on, also where nobody reads it. */
  want(key: string): void {
    if (!this.#cells.has(key)) this.#stale.add(key);
  }

  /** Makes what is stale anew. */
  refresh(): void {
    for (const key of this.#stale) this.#make(key);
  }

  /** Values that are others since the last time; undefined for those that are gone. */
  takeChanges(): ReadonlyMap<string, V | undefined> {
    const changes = new Map<string, V | undefined>();
    for (const key of this.#changed) changes.set(key, this.#cells.get(key)?.value);
    this.#changed.clear();
    return changes;
  }

  #make(key: string): V | undefined {
    let cell = this.#cells.get(key);
    if (cell === undefined) {
      cell = new Cell(this.#stale, key);
      this.#cells.set(key, cell);
    }
    this.#stale.delete(key);
    const before = cell.value;
    const after = this.#derive(key, cell);
    const isSame = before === after || (before !== undefined && after !== undefined && this.#isSame(before, after));
    if (isSame) return before;
    cell.value = after;
    this.#changed.add(key);
    this.changed(key);
    return after;
  }
}

class Cell<V> implements Reader {
  value: V | undefined = undefined;
  readonly #stale: Set<string>;
  readonly #key: string;

  constructor(stale: Set<string>, key: string) {
    this.#stale = stale;
    this.#key = key;
  }

  goStale(): void {
    this.#stale.add(this.#key);
  }
}
