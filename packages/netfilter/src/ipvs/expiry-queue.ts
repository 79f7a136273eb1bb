/**
 * Timers of the connection table: a binary heap of (time, rank, slot). A slot's timer is pushed back with every packet, so
 * the heap keeps only its earliest entry, and who takes it out looks whether the time has really come.
 */
export class ExpiryQueue {
  readonly #times: number[] = [];
  readonly #ranks: number[] = [];
  readonly #slots: number[] = [];

  /** Infinity when there is nothing to wait for. */
  get nextMs(): number {
    return this.#times.length === 0 ? Number.POSITIVE_INFINITY : this.#times[0]!;
  }

  /** Of those with one time, the lower rank comes out first. */
  push(timeMs: number, rank: number, slot: number): void {
    let at = this.#times.length;
    this.#put(at, timeMs, rank, slot);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#isAfter(parent, timeMs, rank)) break;
      this.#move(parent, at);
      at = parent;
    }
    this.#put(at, timeMs, rank, slot);
  }

  /** Takes out the earliest entry and returns its slot. */
  pop(): number {
    const first = this.#slots[0]!;
    const time = this.#times.pop()!;
    const rank = this.#ranks.pop()!;
    const slot = this.#slots.pop()!;
    if (this.#times.length > 0) this.#sink(time, rank, slot);
    return first;
  }

  #sink(time: number, rank: number, slot: number): void {
    const size = this.#times.length;
    let at = 0;
    for (let child = 1; child < size; child = at * 2 + 1) {
      const sibling = child + 1;
      if (sibling < size && this.#isAfter(child, this.#times[sibling]!, this.#ranks[sibling]!)) child = sibling;
      if (this.#isAfter(child, time, rank)) break;
      this.#move(child, at);
      at = child;
    }
    this.#put(at, time, rank, slot);
  }

  /** Does the entry come out after one with this time and rank? */
  #isAfter(at: number, time: number, rank: number): boolean {
    const own = this.#times[at]!;
    return own > time || (own === time && this.#ranks[at]! > rank);
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#times[from]!, this.#ranks[from]!, this.#slots[from]!);
  }

  #put(at: number, time: number, rank: number, slot: number): void {
    this.#times[at] = time;
    this.#ranks[at] = rank;
    this.#slots[at] = slot;
  }
}
