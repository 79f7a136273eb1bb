/**
 * A hash table from keys of a fixed number of 32-bit words to small integers, by open addressing in typed arrays: no
 * strings, no boxed numbers.
 */
export class KeyTable {
  readonly width: number;
  /** Words of a slot: the key and its value + 1; 0 there marks an empty slot. A power of two, so that slots share no line. */
  readonly #stride: number;
  #mask: number;
  #slots: Int32Array;
  #size = 0;

  constructor(width: number, expected = 8) {
    this.width = width;
    this.#stride = 2 ** Math.ceil(Math.log2(width + 1));
    const capacity = 2 ** Math.ceil(Math.log2(Math.max(8, expected * 2)));
    this.#mask = capacity - 1;
    this.#slots = new Int32Array(capacity * this.#stride);
  }

  get size(): number {
    return this.#size;
  }

  /** The value of a key of one word, or -1. */
  find1(a: number): number {
    const slots = this.#slots;
    const mask = this.#mask;
    for (let slot = mix(a) & mask; slots[slot * 2 + 1] !== 0; slot = (slot + 1) & mask) {
      if (slots[slot * 2] === a) return slots[slot * 2 + 1]! - 1;
    }
    return -1;
  }

  /** The value of a key of two words, or -1. */
  find2(a: number, b: number): number {
    const slots = this.#slots;
    const mask = this.#mask;
    for (let slot = mix(a ^ Math.imul(b, 0x9e3779b1)) & mask; slots[slot * 4 + 2] !== 0; slot = (slot + 1) & mask) {
      if (slots[slot * 4] === a && slots[slot * 4 + 1] === b) return slots[slot * 4 + 2]! - 1;
    }
    return -1;
  }

  /** The value of a key of any width, or -1. */
  find(key: ArrayLike<number>): number {
    return this.#slots[this.#find(key) + this.width]! - 1;
  }

  /** Adds a key; an old value of it is kept and given back, else -1. */
  add(key: ArrayLike<number>, value: number): number {
    const at = this.#find(key);
    const old = this.#slots[at + this.width]! - 1;
    if (old >= 0) return old;
    for (let i = 0; i < this.width; i++) this.#slots[at + i] = key[i]!;
    this.#slots[at + this.width] = value + 1;
    if (++this.#size * 2 > this.#mask) this.#grow();
    return -1;
  }

  /** Takes a key out and gives back its value, or -1. */
  remove(key: ArrayLike<number>): number {
    const slots = this.#slots;
    const mask = this.#mask;
    const { width } = this;
    const stride = this.#stride;
    const at = this.#find(key);
    const old = slots[at + width]! - 1;
    if (old < 0) return -1;
    // Those behind it that could not be found across the hole move up into it.
    let hole = at / stride;
    for (let slot = (hole + 1) & mask; slots[slot * stride + width] !== 0; slot = (slot + 1) & mask) {
      const from = slot * stride;
      const home = this.#hash(slots.subarray(from, from + width)) & mask;
      if (((slot - home) & mask) < ((slot - hole) & mask)) continue;
      slots.copyWithin(hole * stride, from, from + stride);
      hole = slot;
    }
    slots.fill(0, hole * stride, (hole + 1) * stride);
    this.#size--;
    return old;
  }

  /** A copy that changes on its own. */
  fork(): KeyTable {
    const copy = new KeyTable(this.width);
    copy.#mask = this.#mask;
    copy.#slots = this.#slots.slice();
    copy.#size = this.#size;
    return copy;
  }

  /** Where the key's slot begins, or the empty one that it would take. */
  #find(key: ArrayLike<number>): number {
    const width = this.width;
    const slots = this.#slots;
    for (let slot = this.#hash(key) & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const at = slot * this.#stride;
      if (slots[at + width] === 0) return at;
      let i = 0;
      while (i < width && slots[at + i] === key[i]) i++;
      if (i === width) return at;
    }
  }

  #hash(key: ArrayLike<number>): number {
    if (this.width === 1) return mix(key[0]!);
    if (this.width === 2) return mix(key[0]! ^ Math.imul(key[1]!, 0x9e3779b1));
    let hash = 0;
    for (let i = 0; i < this.width; i++) hash = Math.imul(hash ^ key[i]!, 0x01000193) ^ (hash >>> 15);
    return mix(hash);
  }

  #grow(): void {
    const old = this.#slots;
    const { width } = this;
    const capacity = (this.#mask + 1) * 2;
    this.#mask = capacity - 1;
    this.#slots = new Int32Array(capacity * this.#stride);
    for (let at = 0; at < old.length; at += this.#stride) {
      if (old[at + width] === 0) continue;
      const record = old.subarray(at, at + width + 1);
      this.#slots.set(record, this.#find(record));
    }
  }
}

/** Spreads the bits of a word (the finalizer of MurmurHash3, shortened). */
function mix(word: number): number {
  let hash = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
