/** Words of code that a page speaks of. */
const pageBits = 9;
const pageMask = (1 << pageBits) - 1;

/**
 * What one host has counted of the rules of code that it may share with others: packets and bytes, by where a rule's record
 * begins. A page of memory is taken when a rule there matches for the first time. (A record has more than two words, so that
 * the place behind its first is no other's.)
 */
export class RuleCounters {
  readonly #pages: (Float64Array | undefined)[] = [];

  get isEmpty(): boolean {
    return this.#pages.length === 0;
  }

  count(pc: number, bytes: number): void {
    const page = this.#pages[pc >>> pageBits] ?? this.#open(pc >>> pageBits);
    const at = pc & pageMask;
    page[at]!++;
    page[at + 1]! += bytes;
  }

  packets(pc: number): number {
    return this.#pages[pc >>> pageBits]?.[pc & pageMask] ?? 0;
  }

  bytes(pc: number): number {
    return this.#pages[pc >>> pageBits]?.[(pc & pageMask) + 1] ?? 0;
  }

  /** The rule counts from the beginning. */
  clear(pc: number): void {
    const page = this.#pages[pc >>> pageBits];
    if (page === undefined) return;
    page[pc & pageMask] = 0;
    page[(pc & pageMask) + 1] = 0;
  }

  /** Counts what another has counted of records that stand at `from` there, at `to` here. */
  take(other: RuleCounters, from: Int32Array, to: Int32Array): void {
    for (const [i, pc] of from.entries()) {
      const packets = other.packets(pc);
      if (packets === 0) continue;
      const at = to[i]!;
      const page = this.#pages[at >>> pageBits] ?? this.#open(at >>> pageBits);
      page[at & pageMask] = packets;
      page[(at & pageMask) + 1] = other.bytes(pc);
    }
  }

  fork(): RuleCounters {
    const copy = new RuleCounters();
    for (const page of this.#pages) copy.#pages.push(page?.slice());
    return copy;
  }

  #open(number: number): Float64Array {
    const page = new Float64Array(pageMask + 2);
    while (this.#pages.length <= number) this.#pages.push(undefined);
    this.#pages[number] = page;
    return page;
  }
}
