import { type AddressWords, parseAddressWords } from "@kubenetsim/core/net/address";
import { cidrContains, maskWords, wordMask } from "@kubenetsim/core/net/cidr";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { AddrtypeName } from "../ruleset/match.ts";
import { KeyTable } from "./key-table.ts";
import type { Packet } from "./packet.ts";

/** A network device of a host and the addresses on it, each with its prefix: `10.244.1.1/24`. */
export interface DeviceInput {
  readonly name: string;
  readonly addresses: readonly string[];
}

interface DeviceAddress {
  readonly words: AddressWords;
  readonly prefix: number;
}

/** Numbers of `-m addrtype` types, as the routing table has them (RTN_*, include/uapi/linux/rtnetlink.h). */
export const addrtypeNumbers: Readonly<Record<AddrtypeName, number>> = {
  UNSPEC: 0,
  UNICAST: 1,
  LOCAL: 2,
  BROADCAST: 3,
  ANYCAST: 4,
  MULTICAST: 5,
};

/** The addresses of one host: what is local, what is broadcast, which one a device speaks with. */
export class AddressBook {
  readonly #devices: readonly (readonly DeviceAddress[])[];
  readonly #types4: KeyTable;
  readonly #types6: KeyTable;
  readonly #key6 = new Int32Array(4);
  readonly #speaking4: readonly (readonly DeviceAddress[])[];
  readonly #speaking6: readonly (readonly DeviceAddress[])[];

  constructor(devices: readonly DeviceInput[]) {
    this.#devices = devices.map((device) => device.addresses.map(parseDeviceAddress));
    this.#speaking4 = this.#speaking(1);
    this.#speaking6 = this.#speaking(4);
    const count = this.#devices.reduce((sum, addresses) => sum + addresses.length, 0);
    this.#types4 = new KeyTable(1, 2 * count);
    this.#types6 = new KeyTable(4, 2 * count);
    this.#types6.add([0, 0, 0, 1], addrtypeNumbers.LOCAL);
    for (const address of this.#devices.flat()) {
      (address.words.length === 1 ? this.#types4 : this.#types6).add(address.words, addrtypeNumbers.LOCAL);
    }
    for (const { words, prefix } of this.#devices.flat()) {
      if (words.length === 1 && prefix < 31) {
        this.#types4.add([words[0]! | ~wordMask(prefix, 0)], addrtypeNumbers.BROADCAST);
      }
      if (words.length === 4 && prefix < 127) this.#types6.add(maskWords(words, prefix), addrtypeNumbers.ANYCAST);
    }
  }

  /** Type of an IPv4 address, as a routing look-up in the local table gives it. */
  type4(word: number): number {
    const known = this.#types4.find1(word);
    if (known >= 0) return known;
    if (word >>> 24 === 127) return addrtypeNumbers.LOCAL;
    if (word >>> 28 === 14) return addrtypeNumbers.MULTICAST;
    return word === -1 || word === 0 ? addrtypeNumbers.BROADCAST : addrtypeNumbers.UNICAST;
  }

  type6(a: number, b: number, c: number, d: number): number {
    if (a >>> 24 === 0xff) return addrtypeNumbers.MULTICAST;
    const key = this.#key6;
    key[0] = a;
    key[1] = b;
    key[2] = c;
    key[3] = d;
    const known = this.#types6.find(key);
    return known >= 0 ? known : addrtypeNumbers.UNICAST;
  }

  sourceType(packet: Packet): number {
    if (packet.v6) return this.type6(packet.src0, packet.src1, packet.src2, packet.src3);
    return this.type4(packet.src0);
  }

  destinationType(packet: Packet): number {
    if (packet.v6) return this.type6(packet.dst0, packet.dst1, packet.dst2, packet.dst3);
    return this.type4(packet.dst0);
  }

  /**
   * The address that MASQUERADE takes: of those on the outgoing device the one in whose network the next hop lies, else the
   * first; of other devices when it has none. 127.0.0.0/8 and ::1 do not count: their scope is the host
   * (nf_nat_masquerade_ipv4; net/ipv4/devinet.c, inet_select_addr).
   */
  masqueradeFor(packet: Packet): AddressWords | undefined {
    const candidates = packet.v6 ? this.#speaking6 : this.#speaking4;
    const own = candidates[packet.outDevice] ?? this.#anywhere(packet.v6);
    if (own.length <= 1) return own[0]?.words;
    const { v6, dst0, dst1, dst2, dst3, gateway } = packet;
    const nextHop = gateway === undefined ? (v6 ? [dst0, dst1, dst2, dst3] : [dst0]) : Array.from(gateway);
    const near = own.find(({ words, prefix }) => cidrContains({ words: maskWords(words, prefix), prefix }, nextHop));
    return (near ?? own[0]!).words;
  }

  /** The address that REDIRECT sends to: the first of the device by which the packet came. */
  redirectAddress(packet: Packet): AddressWords | undefined {
    const width = packet.v6 ? 4 : 1;
    return this.#devices[packet.inDevice]?.find(({ words }) => words.length === width && !isLinkLocal(words))?.words;
  }

  #anywhere(v6: boolean): readonly DeviceAddress[] {
    return (v6 ? this.#speaking6 : this.#speaking4).find((addresses) => addresses.length > 0) ?? [];
  }

  /** Of each device the addresses that it speaks with; those of the first other device that has some where it has none. */
  #speaking(width: number): readonly (readonly DeviceAddress[])[] {
    const own = this.#devices.map((addresses) =>
      addresses.filter(({ words }) => words.length === width && !isLinkLocal(words) && !isHostScope(words)),
    );
    const other = own.find((addresses) => addresses.length > 0) ?? [];
    return own.map((addresses) => (addresses.length > 0 ? addresses : other));
  }
}

/** Addresses that no other host is spoken to with. */
function isHostScope(words: AddressWords): boolean {
  if (words.length === 1) return words[0]! >>> 24 === 127;
  return words[0] === 0 && words[1] === 0 && words[2] === 0 && words[3] === 1;
}

function isLinkLocal(words: AddressWords): boolean {
  return words.length === 4 && words[0]! >>> 22 === 0xfe80 >>> 6;
}

function parseDeviceAddress(text: string): DeviceAddress {
  const slash = text.indexOf("/");
  const words = parseAddressWords(slash < 0 ? text : text.slice(0, slash));
  const prefix = slash < 0 ? (words?.length ?? 0) * 32 : Number(text.slice(slash + 1));
  if (words === undefined || !Number.isInteger(prefix) || prefix < 0 || prefix > words.length * 32) {
    throw new ParseError(`not a device address: ${text}`, { hint: "write ADDRESS/PREFIX, such as 10.244.1.1/24" });
  }
  return { words, prefix };
}
