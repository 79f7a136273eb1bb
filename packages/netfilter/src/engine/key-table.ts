/**
 * A hash table from keys of a fixed number of 32-bit words to small integers, by open addressing in typed arrays: no
 * strings, no boxed numbers. Keys are never taken out; a table that shrinks is built anew.
 */
export class KeyTable {
  readonly width: number;
  #mask: number;
  #keys: Int32Array;
  /** Value + 1; 0 marks an empty slot. */
  #values: Int32Array;
  #size = 0;

  constructor(width: number, expected = 8) {
    this.width = width;
    const capacity = 2 ** Math.ceil(Math.log2(Math.max(8, expected * 2)));
    this.#mask = capacity - 1;
    this.#keys = new Int32Array(capacity * width);
    this.#values = new Int32Array(capacity);
  }

  get size(): number {
    return this.#size;
  }

  /** The value of a key of one word, or -1. */
  find1(a: number): number {
    const keys = this.#keys;
    const values = this.#values;
    let slot = mix(a) & this.#mask;
    while (values[slot] !== 0) {
      if (keys[slot] === a) return values[slot]! - 1;
      slot = (slot + 1) & this.#mask;
    }
    return -1;
  }

  /** The value of a key of two words, or -1. */
  find2(a: number, b: number): number {
    const keys = this.#keys;
    const values = this.#values;
    let slot = mix(a ^ Math.imul(b, 0x9e3779b1)) & this.#mask;
    while (values[slot] !== 0) {
      const at = slot << 1;
      if (keys[at] === a && keys[at + 1] === b) return values[slot]! - 1;
      slot = (slot + 1) & this.#mask;
    }
    return -1;
  }

  /** The value of a key of any width, or -1. */
  find(key: ArrayLike<number>): number {
    return this.#values[this.#slotOf(key)]! - 1;
  }

  /** Adds a key; an old value of it is kept and given back, else -1. */
  add(key: ArrayLike<number>, value: number): number {
    const slot = this.#slotOf(key);
    const old = this.#values[slot]! - 1;
    if (old >= 0) return old;
    for (let i = 0; i < this.width; i++) this.#keys[slot * this.width + i] = key[i]!;
    this.#values[slot] = value + 1;
    if (++this.#size * 2 > this.#mask) this.#grow();
    return -1;
  }

  #slotOf(key: ArrayLike<number>): number {
    const width = this.width;
    let slot = this.#hash(key) & this.#mask;
    for (; this.#values[slot] !== 0; slot = (slot + 1) & this.#mask) {
      let i = 0;
      while (i < width && this.#keys[slot * width + i] === key[i]) i++;
      if (i === width) break;
    }
    return slot;
  }

  #hash(key: ArrayLike<number>): number {
    if (this.width === 1) return mix(key[0]!);
    if (this.width === 2) return mix(key[0]! ^ Math.imul(key[1]!, 0x9e3779b1));
    let hash = 0;
    for (let i = 0; i < this.width; i++) hash = Math.imul(hash ^ key[i]!, 0x01000193) ^ (hash >>> 15);
    return mix(hash);
  }

  #grow(): void {
    const keys = this.#keys;
    const values = this.#values;
    const width = this.width;
    const capacity = values.length * 2;
    this.#mask = capacity - 1;
    this.#keys = new Int32Array(capacity * width);
    this.#values = new Int32Array(capacity);
    for (let slot = 0; slot < values.length; slot++) {
      if (values[slot] === 0) continue;
      const key = keys.subarray(slot * width, slot * width + width);
      const free = this.#slotOf(key);
      this.#keys.set(key, free * width);
      this.#values[free] = values[slot]!;
    }
  }
}

/** Spreads the bits of a word (the finalizer of MurmurHash3, shortened). */
function mix(word: number): number {
  let hash = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
