import { parseAddressWords } from "@kubenetsim/core/net/address";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { DnsName } from "../message/resource-record.ts";
import { unescapedLength, unescapeInto } from "./escaped-text.ts";

/** A pointer has 14 bits. */
const furthestPointer = 0x4000;
const longestLabel = 63;
/** With the lengths of its labels and the root's. */
const longestName = 255;

/** Writes the wire format (RFC 1035, section 4.1). It grows as needed and remembers where names stand. */
export class WireWriter {
  length = 0;
  #bytes: Uint8Array = new Uint8Array(512);
  /** Where each name began that a later one can point to; undefined where nothing is compressed. */
  readonly #places: Map<string, number> | undefined;

  constructor(compress: boolean) {
    this.#places = compress ? new Map() : undefined;
  }

  /** What is written so far. */
  get bytes(): Uint8Array {
    return this.#bytes.slice(0, this.length);
  }

  u8(value: number): void {
    this.#room(1);
    this.#bytes[this.length++] = value;
  }

  u16(value: number): void {
    this.#room(2);
    this.#bytes[this.length++] = value >>> 8;
    this.#bytes[this.length++] = value;
  }

  u32(value: number): void {
    this.u16(value >>> 16);
    this.u16(value & 0xffff);
  }

  raw(data: Uint8Array): void {
    this.#room(data.length);
    this.#bytes.set(data, this.length);
    this.length += data.length;
  }

  /** @throws ParseError for what is no address of the family. */
  address(text: string, family: "IPv4" | "IPv6"): void {
    const words = parseAddressWords(text);
    if (words === undefined || words.length !== (family === "IPv4" ? 1 : 4)) {
      throw new ParseError(`not an ${family} address: ${text}`);
    }
    for (const word of words) this.u32(word);
  }

  /** A character string of up to 255 bytes. @throws ParseError */
  string(text: string): void {
    const size = unescapedLength(text);
    if (size > 255) throw new ParseError(`a string of ${size} bytes: 255 are allowed`);
    this.u8(size);
    this.#room(size);
    this.length = unescapeInto(text, 0, text.length, this.#bytes, this.length);
  }

  /** Writes into the two bytes at a place how many have come after them. */
  closeLength(at: number): void {
    const size = this.length - at - 2;
    this.#bytes[at] = size >>> 8;
    this.#bytes[at + 1] = size;
  }

  /**
   * A name, ended by a pointer to an earlier one that ends alike. A name that must not be compressed (the target of an SRV
   * record) can still be pointed to. Names are compared with their case (miekg/dns, packDomainName).
   *
   * @throws ParseError
   */
  name(name: DnsName, mayPoint = true): void {
    if (name === "." || name === "") {
      this.u8(0);
      return;
    }
    const size = unescapedLength(name) + 1;
    if (size > longestName) throw new ParseError(`a name of ${size} bytes: ${longestName} are allowed`);
    let begin = 0;
    while (begin < name.length) {
      if (this.#places !== undefined) {
        const rest = begin === 0 ? name : name.slice(begin);
        const place = this.#places.get(rest);
        if (place !== undefined) {
          if (mayPoint) {
            this.u16(0xc000 | place);
            return;
          }
        } else if (this.length < furthestPointer) this.#places.set(rest, this.length);
      }
      const end = labelEnd(name, begin);
      this.#label(name, begin, end);
      begin = end + 1;
    }
    this.u8(0);
  }

  #label(name: DnsName, begin: number, end: number): void {
    this.#room(end - begin + 1);
    const after = unescapeInto(name, begin, end, this.#bytes, this.length + 1);
    const size = after - this.length - 1;
    if (size === 0) throw new ParseError(`${name} has an empty label`);
    if (size > longestLabel) throw new ParseError(`a label of ${size} bytes: ${longestLabel} are allowed`);
    this.#bytes[this.length] = size;
    this.length = after;
  }

  #room(count: number): void {
    if (this.length + count <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.length + count));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}

/** Where the dot stands that ends a label. */
function labelEnd(name: DnsName, begin: number): number {
  for (let index = begin; index < name.length; index++) {
    if (name[index] === "\\") index++;
    else if (name[index] === ".") return index;
  }
  throw new ParseError(`${name} does not end in a dot`);
}
