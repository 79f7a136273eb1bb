/** Something that is derived from values, and goes stale when one of them changes. */
export interface Reader {
  goStale(): void;
}

/** Values by key. Who derives others from them reads with its own name and hears once when they change. */
export abstract class Table<V> {
  /** Most values have one reader. */
  readonly #readers = new Map<string, Reader | Set<Reader>>();

  /** The value as it is now; undefined for none. */
  abstract get(key: string): V | undefined;

  read(key: string, reader: Reader): V | undefined {
    // What is first made now is no change to who reads it.
    const value = this.get(key);
    const known = this.#readers.get(key);
    if (known === undefined) this.#readers.set(key, reader);
    else if (known instanceof Set) known.add(reader);
    else if (known !== reader) this.#readers.set(key, new Set([known, reader]));
    return value;
  }

  /** Readers that are made anew read it again, if they still need it. */
  protected changed(key: string): void {
    const readers = this.#readers.get(key);
    if (readers === undefined) return;
    this.#readers.delete(key);
    if (readers instanceof Set) for (const reader of readers) reader.goStale();
    else readers.goStale();
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
