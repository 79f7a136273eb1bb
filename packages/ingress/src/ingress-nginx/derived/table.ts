/** A value that is derived, and that goes stale when one changes that it was made of. */
export interface Reader {
  /** Who reads what this one has read; it leaves them before it is made anew. */
  readonly reads: Set<Reader>[];
  goStale(): void;
}

/** Values by key. Who derives others from them reads with its own name and hears when they change. */
export abstract class Table<V> {
  readonly #readers = new Map<string, Set<Reader>>();

  /** The value as it is now; undefined for none. */
  abstract get(key: string): V | undefined;

  read(key: string, reader: Reader): V | undefined {
    let readers = this.#readers.get(key);
    if (readers === undefined) {
      readers = new Set();
      this.#readers.set(key, readers);
    }
    if (!readers.has(reader)) {
      readers.add(reader);
      reader.reads.push(readers);
    }
    return this.get(key);
  }

  protected changed(key: string): void {
    const readers = this.#readers.get(key);
    if (readers === undefined) return;
    if (readers.size === 0) this.#readers.delete(key);
    for (const reader of readers) reader.goStale();
  }
}

/** A table that is told its values. */
export class InputTable<V> extends Table<V> {
  readonly #values = new Map<string, V>();

  get(key: string): V | undefined {
    return this.#values.get(key);
  }

  set(key: string, value: V | undefined): void {
    if (this.#values.get(key) === value) return;
    if (value === undefined) this.#values.delete(key);
    else this.#values.set(key, value);
    this.changed(key);
  }
}
