import { formatAddress, type IpAddress } from "@kubenetsim/core/net/address";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { DnsName } from "../message/resource-record.ts";
import { escapeLabel, escapeString } from "./escaped-text.ts";

/** Bytes of a name, its root's included (RFC 1035, section 2.3.4). */
const longestName = 255;
/** More pointers than this no name of that length can need (miekg/dns, maxCompressionPointers). */
const mostPointers = 126;

/** Reads the wire format. Every method throws a ParseError where the message ends too early. */
export class WireReader {
  readonly #bytes: Uint8Array;
  #at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes;
    this.#at = at;
  }

  get at(): number {
    return this.#at;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  u8(): number {
    return this.#bytes[this.#take(1)]!;
  }

  u16(): number {
    const at = this.#take(2);
    return (this.#bytes[at]! << 8) | this.#bytes[at + 1]!;
  }

  u32(): number {
    const high = this.u16();
    return high * 0x10000 + this.u16();
  }

  raw(count: number): Uint8Array {
    const at = this.#take(count);
    return this.#bytes.slice(at, at + count);
  }

  address(family: "IPv4" | "IPv6"): IpAddress {
    const words = family === "IPv4" ? [this.u32() | 0] : [0, 1, 2, 3].map(() => this.u32() | 0);
    return formatAddress(words);
  }

  string(): string {
    const size = this.u8();
    const at = this.#take(size);
    return escapeString(this.#bytes, at, at + size);
  }

  /** A name, whatever it points to. Names beyond 255 bytes and pointers in a circle are refused. */
  name(): DnsName {
    let name = "";
    let room = longestName;
    let pointers = 0;
    let after = -1;
    for (;;) {
      const size = this.u8();
      if (size === 0) break;
      if (size >= 0xc0) {
        const place = ((size & 0x3f) << 8) | this.u8();
        if (after < 0) after = this.#at;
        if (++pointers > mostPointers) throw new ParseError("too many compression pointers");
        this.#at = place;
        continue;
      }
      if (size > 0x3f)
        throw new ParseError(`a label's length begins with the bits ${(size >> 6).toString(2).padStart(2, "0")}`);
      const at = this.#take(size);
      room -= size + 1;
      if (room <= 0) throw new ParseError(`a name of more than ${longestName} bytes`);
      name += `${escapeLabel(this.#bytes, at, at + size)}.`;
    }
    if (after >= 0) this.#at = after;
    return name === "" ? "." : name;
  }

  #take(count: number): number {
    const at = this.#at;
    if (at + count > this.#bytes.length)
      throw new ParseError(`the message ends at byte ${this.#bytes.length}, within a field`);
    this.#at += count;
    return at;
  }
}
