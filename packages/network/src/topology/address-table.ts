import type { AddressWords } from "@kubenetsim/core/net/address";

const stride = 6;

/**
 * A hash table from addresses of both families to small integers: open addressing in one typed array, at most half full,
 * so that a look-up on a packet's way touches one or two cache lines and allocates nothing.
 */
export class AddressTable {
  // Per slot: value + 1 (0: free), 1 for IPv6, four words.
  #slots = new Int32Array(4 * stride);
  #mask = 3;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The value stored for an address, or -1. IPv4 has its word first and zeros behind. */
  find(v6: boolean, a: number, b: number, c: number, d: number): number {
    if (!v6) return this.#find4(a);
    const slots = this.#slots;
    let slot = hash(a, b, c, d) & this.#mask;
    for (;;) {
      const at = slot * stride;
      const value = slots[at]!;
      if (value === 0) return -1;
      if (
        slots[at + 2] === a &&
        slots[at + 1] === 1 &&
        slots[at + 3] === b &&
        slots[at + 4] === c &&
        slots[at + 5] === d
      ) {
        return value - 1;
      }
      slot = (slot + 1) & this.#mask;
    }
  }

  #find4(a: number): number {
    const slots = this.#slots;
    let slot = hash4(a) & this.#mask;
    for (;;) {
      const at = slot * stride;
      const value = slots[at]!;
      if (value === 0) return -1;
      if (slots[at + 2] === a && slots[at + 1] === 0) return value - 1;
      slot = (slot + 1) & this.#mask;
    }
  }

  get(address: AddressWords): number {
    return this.find(address.length === 4, address[0]!, address[1] ?? 0, address[2] ?? 0, address[3] ?? 0);
  }

  /** Stores a value ≥ 0 for an address; the first one stored for it stays. */
  add(address: AddressWords, value: number): void {
    if (this.get(address) >= 0) return;
    if (this.#size * 2 >= this.#mask) this.#grow();
    this.#insert(value, address.length === 4 ? 1 : 0, address[0]!, address[1] ?? 0, address[2] ?? 0, address[3] ?? 0);
    this.#size++;
  }

  /** Takes an address out, if it has this value. */
  remove(address: AddressWords, value: number): void {
    if (this.get(address) !== value) return;
    const [a, b = 0, c = 0, d = 0] = address as [number, ...number[]];
    const slots = this.#slots;
    const mask = this.#mask;
    const family = address.length === 4 ? 1 : 0;
    const isHere = (at: number): boolean =>
      slots[at + 1] === family &&
      slots[at + 2] === a &&
      slots[at + 3] === b &&
      slots[at + 4] === c &&
      slots[at + 5] === d;
    let hole = this.#homeOf(family, a, b, c, d);
    while (!isHere(hole * stride)) hole = (hole + 1) & mask;
    // Those behind it that could not be found across the hole move up into it.
    for (let slot = (hole + 1) & mask; slots[slot * stride] !== 0; slot = (slot + 1) & mask) {
      const at = slot * stride;
      const home = this.#homeOf(slots[at + 1]!, slots[at + 2]!, slots[at + 3]!, slots[at + 4]!, slots[at + 5]!);
      if (((slot - home) & mask) < ((slot - hole) & mask)) continue;
      slots.copyWithin(hole * stride, at, at + stride);
      hole = slot;
    }
    slots.fill(0, hole * stride, (hole + 1) * stride);
    this.#size--;
  }

  #homeOf(family: number, a: number, b: number, c: number, d: number): number {
    return (family === 1 ? hash(a, b, c, d) : hash4(a)) & this.#mask;
  }

  #insert(value: number, family: number, a: number, b: number, c: number, d: number): void {
    let slot = this.#homeOf(family, a, b, c, d);
    while (this.#slots[slot * stride] !== 0) slot = (slot + 1) & this.#mask;
    this.#slots.set([value + 1, family, a, b, c, d], slot * stride);
  }

  #grow(): void {
    const old = this.#slots;
    this.#mask = this.#mask * 2 + 1;
    this.#slots = new Int32Array((this.#mask + 1) * stride);
    for (let at = 0; at < old.length; at += stride) {
      if (old[at] !== 0)
        this.#insert(old[at]! - 1, old[at + 1]!, old[at + 2]!, old[at + 3]!, old[at + 4]!, old[at + 5]!);
    }
  }
}

function hash4(a: number): number {
  const mixed = Math.imul(a, 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}

function hash(a: number, b: number, c: number, d: number): number {
  const mixed = Math.imul(
    a ^ Math.imul(b, 0x85ebca6b) ^ Math.imul(c, 0xc2b2ae35) ^ Math.imul(d, 0x27d4eb2f),
    0x9e3779b1,
  );
  return mixed ^ (mixed >>> 15);
}
