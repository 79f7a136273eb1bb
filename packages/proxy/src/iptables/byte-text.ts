import { utf8ToBytes } from "@noble/hashes/utils.js";

const smallest = 256;

/** A text that is put together as UTF-8 bytes: without the strings in between, which for millions of words cost most. */
export class ByteText {
  #bytes: Uint8Array;
  #length = 0;

  /** `expected` bytes are made room for at once. */
  constructor(expected: number = smallest) {
    this.#bytes = new Uint8Array(expected);
  }

  add(text: string): void {
    const { length } = text;
    if (this.#length + length > this.#bytes.length) this.#makeRoom(length);
    const bytes = this.#bytes;
    const at = this.#length;
    let all = 0;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      bytes[at + i] = code;
      all |= code;
    }
    if (all > 127) this.addBytes(utf8ToBytes(text));
    else this.#length = at + length;
  }

  addBytes(bytes: Uint8Array): void {
    this.#makeRoom(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** A whole number below 2^31 in decimal digits. */
  addNumber(number: number): void {
    let digits = 1;
    for (let limit = 10; limit <= number; limit *= 10) digits++;
    this.#makeRoom(digits);
    let rest = number;
    for (let at = this.#length + digits - 1; at >= this.#length; at--) {
      this.#bytes[at] = 48 + (rest % 10);
      rest = (rest / 10) | 0;
    }
    this.#length += digits;
  }

  /** The bytes so far, good until the next is added. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** As a string; for texts in ASCII. */
  toString(): string {
    return String.fromCharCode(...this.bytes);
  }

  clear(): void {
    this.#length = 0;
  }

  #makeRoom(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + more));
    larger.set(this.bytes);
    this.#bytes = larger;
  }
}
