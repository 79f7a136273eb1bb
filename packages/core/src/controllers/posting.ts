/**
 * The keys of the objects that have one label's value, each added once. Most are only added to and listed: they stay a list, which
 * costs a fraction of a set, until one is taken out or looked for.
 */
export class Posting {
  #list: string[] = [];
  #set: Set<string> | undefined;

  get size(): number {
    return this.#set?.size ?? this.#list.length;
  }

  /** A key that is not there. */
  add(key: string): void {
    if (this.#set === undefined) this.#list.push(key);
    else this.#set.add(key);
  }

  has(key: string): boolean {
    return this.#keys().has(key);
  }

  /** True if it was there. */
  delete(key: string): boolean {
    return this.#keys().delete(key);
  }

  /** A list of the caller's own. */
  list(): string[] {
    return this.#set === undefined ? this.#list.slice() : [...this.#set];
  }

  #keys(): Set<string> {
    if (this.#set === undefined) {
      this.#set = new Set(this.#list);
      this.#list = [];
    }
    return this.#set;
  }
}
