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
    this.#makeRoom(text.length);
    const bytes = this.#bytes;
    let at = this.#length;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code > 127) {
        this.addBytes(utf8ToBytes(text));
        return;
      }
      bytes[at++] = code;
    }
    this.#length = at;
  }

  addBytes(bytes: Uint8Array): void {
    this.#makeRoom(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** A whole number in decimal digits. */
  addNumber(number: number): void {
    if (number >= 10) this.addNumber(Math.floor(number / 10));
    this.#makeRoom(1);
    this.#bytes[this.#length++] = 48 + (number % 10);
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
