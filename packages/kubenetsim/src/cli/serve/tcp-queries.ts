const lengthSize = 2;

/**
 * Takes queries out of a stream, each with its length in two bytes before it. Of a query that is not whole there is nothing but
 * the room that its length asks for, however small the pieces are that it comes in.
 */
export class TcpQueries {
  /** What has come and is not taken yet. */
  #pending: Uint8Array = new Uint8Array();
  /** A length or a query, as far as it has come. */
  #part: Uint8Array = new Uint8Array(lengthSize);
  #filled = 0;
  #isLength = true;

  add(chunk: Uint8Array): void {
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
  }

  /** The next one that is whole. */
  next(): Uint8Array | undefined {
    for (;;) {
      const piece = this.#pending.subarray(0, this.#part.length - this.#filled);
      this.#pending = this.#pending.subarray(piece.length);
      this.#part.set(piece, this.#filled);
      this.#filled += piece.length;
      if (this.#filled < this.#part.length) return undefined;
      const part = this.#part;
      const [high = 0, low = 0] = part;
      this.#part = new Uint8Array(this.#isLength ? high * 256 + low : lengthSize);
      this.#filled = 0;
      this.#isLength = !this.#isLength;
      if (this.#isLength) return part;
    }
  }
}
