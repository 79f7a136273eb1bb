/**
 * Timers of the connection table: a binary heap of (time, slot). A slot's timer is pushed back with every packet, so the
 * heap keeps only its earliest entry, and who takes it out looks whether the time has really come.
 */
export class ExpiryQueue {
  readonly #times: number[] = [];
  readonly #slots: number[] = [];

  /** Infinity when there is nothing to wait for. */
  get nextMs(): number {
    return this.#times.length === 0 ? Number.POSITIVE_INFINITY : this.#times[0]!;
  }

  push(timeMs: number, slot: number): void {
    let at = this.#times.length;
    this.#times.push(timeMs);
    this.#slots.push(slot);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.#times[parent]! <= timeMs) break;
      this.#move(parent, at);
      at = parent;
    }
    this.#put(at, timeMs, slot);
  }

  /** Takes out the earliest entry and returns its slot. */
  pop(): number {
    const first = this.#slots[0]!;
    const time = this.#times.pop()!;
    const slot = this.#slots.pop()!;
    if (this.#times.length > 0) this.#sink(time, slot);
    return first;
  }

  #sink(time: number, slot: number): void {
    const size = this.#times.length;
    let at = 0;
    for (let child = 1; child < size; child = at * 2 + 1) {
      if (child + 1 < size && this.#times[child + 1]! < this.#times[child]!) child++;
      if (this.#times[child]! >= time) break;
      this.#move(child, at);
      at = child;
    }
    this.#put(at, time, slot);
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#times[from]!, this.#slots[from]!);
  }

  #put(at: number, time: number, slot: number): void {
    this.#times[at] = time;
    this.#slots[at] = slot;
  }
}
