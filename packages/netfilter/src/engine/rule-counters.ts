const firstSlots = 16;

/** Who counts packets in a host's place, and hands over what it has counted when somebody asks for the counters. */
export interface Ledger {
  settle(): void;
}

/**
 * What one host has counted of the rules of code that it may share with others: packets and bytes, by where a rule's record
 * begins. Found by open addressing, so that a host keeps a few words for each rule that has matched there and nothing for the others.
 */
export class RuleCounters {
  /** Where a record begins, + 1; 0 for a free slot. */
  #keys: Int32Array = new Int32Array(firstSlots);
  /** Packets and bytes of each slot. */
  #values: Float64Array = new Float64Array(2 * firstSlots);
  #used = 0;
  #ledger: Ledger | undefined;

  /** Somebody counts for this host from here on, by `add` once it is asked to settle; it takes itself away with `undefined`. */
  set ledger(ledger: Ledger | undefined) {
    if (this.#ledger !== ledger && ledger !== undefined) this.#settle();
    this.#ledger = ledger;
  }

  get isEmpty(): boolean {
    this.#settle();
    return this.#used === 0;
  }

  /** Packets that have all matched a rule, and their bytes together. */
  add(pc: number, packets: number, bytes: number): void {
    let slot = this.#find(pc);
    if (this.#keys[slot] === 0) slot = this.#take(pc);
    this.#values[2 * slot]! += packets;
    this.#values[2 * slot + 1]! += bytes;
  }

  count(pc: number, bytes: number): void {
    let slot = this.#find(pc);
    if (this.#keys[slot] === 0) slot = this.#take(pc);
    this.#values[2 * slot]!++;
    this.#values[2 * slot + 1]! += bytes;
  }

  packets(pc: number): number {
    this.#settle();
    return this.#values[2 * this.#find(pc)]!;
  }

  bytes(pc: number): number {
    this.#settle();
    return this.#values[2 * this.#find(pc) + 1]!;
  }

  /** The rule counts from the beginning. */
  clear(pc: number): void {
    this.#settle();
    const slot = this.#find(pc);
    this.#values[2 * slot] = 0;
    this.#values[2 * slot + 1] = 0;
  }

  /** Counts what another has counted of records that stand at `from` there, at `to` here. */
  take(other: RuleCounters, from: readonly number[], to: readonly number[]): void {
    for (const [i, pc] of from.entries()) {
      const packets = other.packets(pc);
      if (packets === 0) continue;
      let slot = this.#find(to[i]!);
      if (this.#keys[slot] === 0) slot = this.#take(to[i]!);
      this.#values[2 * slot] = packets;
      this.#values[2 * slot + 1] = other.bytes(pc);
    }
  }

  fork(): RuleCounters {
    this.#settle();
    const copy = new RuleCounters();
    copy.#keys = this.#keys.slice();
    copy.#values = this.#values.slice();
    copy.#used = this.#used;
    return copy;
  }

  #settle(): void {
    const ledger = this.#ledger;
    this.#ledger = undefined;
    ledger?.settle();
  }

  /** The slot of a rule, or the free one where it would stand, whose values are zero. */
  #find(pc: number): number {
    const keys = this.#keys;
    const mask = keys.length - 1;
    const hash = Math.imul(pc, 0x9e3779b1);
    let slot = (hash ^ (hash >>> 15)) & mask;
    while (keys[slot] !== 0 && keys[slot] !== pc + 1) slot = (slot + 1) & mask;
    return slot;
  }

  /** A slot for a rule that has none. */
  #take(pc: number): number {
    if (2 * ++this.#used > this.#keys.length) this.#grow();
    const slot = this.#find(pc);
    this.#keys[slot] = pc + 1;
    return slot;
  }

  #grow(): void {
    const keys = this.#keys;
    const values = this.#values;
    this.#keys = new Int32Array(4 * keys.length);
    this.#values = new Float64Array(8 * keys.length);
    for (const [from, key] of keys.entries()) {
      if (key === 0) continue;
      const slot = this.#find(key - 1);
      this.#keys[slot] = key;
      this.#values[2 * slot] = values[2 * from]!;
      this.#values[2 * slot + 1] = values[2 * from + 1]!;
    }
  }
}
