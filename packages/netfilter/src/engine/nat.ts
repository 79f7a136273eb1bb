import type { Random } from "@kubenetsim/core/runtime/random";
import { type Conntrack, swapPorts } from "./conntrack.ts";
import { entryStatus } from "./conntrack-table.ts";
import type { Packet } from "./packet.ts";

/** Which side of a packet is rewritten: the destination at PREROUTING and OUTPUT, the source at POSTROUTING and INPUT. */
export const manip = { source: 0, destination: 1 } as const;
export type Manip = (typeof manip)[keyof typeof manip];

/** The kernel gives up after trying so many ports, halves, and tries again elsewhere until it is below sixteen. */
const mostAttempts = 128;
const fewestAttempts = 16;

/**
 * Decides and carries out the NAT of connections (net/netfilter/nf_nat_core.c): the reply tuple holds the decision, packets
 * are rewritten from it. A source port is kept while the reply tuple is free; else, and with `--random-fully`, one of the
 * same class is sought (1–511, 600–1023, 1024–65535) from a random point on. Not modelled: choosing the mapping that the
 * same source already has towards another destination.
 */
export class Nat {
  readonly #conntrack: Conntrack;
  readonly #random: Random;
  /** The reply tuple under consideration. */
  readonly #reply: Int32Array;
  readonly #width: number;

  constructor(conntrack: Conntrack, random: Random) {
    this.#conntrack = conntrack;
    this.#random = random;
    this.#width = conntrack.table.width;
    this.#reply = new Int32Array(conntrack.table.tupleLength);
  }

  /** Sets the destination of the packet's connection; port -1 keeps it. */
  setDestination(entry: number, address: ArrayLike<number>, port: number): void {
    const reply = this.#load(entry);
    const width = this.#width;
    for (let i = 0; i < width; i++) reply[i] = address[i]!;
    if (port >= 0) reply[2 * width] = (port << 16) | (reply[2 * width]! & 0xffff);
    this.#store(entry, entryStatus.destinationNat, entryStatus.destinationDone);
  }

  /**
   * Sets the source; `address` null keeps it and changes the port only if it must (the kernel's null binding). True when it had to
   * look for a port.
   */
  setSource(entry: number, address: ArrayLike<number> | null, random: boolean): boolean {
    const reply = this.#load(entry);
    const width = this.#width;
    for (let i = 0; address !== null && i < width; i++) reply[width + i] = address[i]!;
    const seeks = random || this.#conntrack.taken(reply, entry);
    if (seeks) this.#choosePort(entry);
    this.#store(entry, entryStatus.sourceNat, entryStatus.sourceDone);
    return seeks;
  }

  /** Leaves the destination as it is, for good. */
  keepDestination(entry: number): void {
    this.#conntrack.table.addStatus(entry, entryStatus.destinationDone);
  }

  /** Rewrites one side of the packet as its connection says; true when that changed something. */
  apply(packet: Packet, side: Manip): boolean {
    const { table } = this.#conntrack;
    const status = table.status(packet.ctEntry);
    const isSource = side === manip.source;
    const wanted = isSource !== packet.ctReply ? entryStatus.sourceNat : entryStatus.destinationNat;
    if ((status & wanted) === 0) return false;
    // The tuple of the other direction, turned round, is how this packet shall look.
    const other = table.tuple(packet.ctEntry, packet.ctReply ? 0 : 1);
    const ports = swapPorts(table.data[other + 2 * this.#width]!);
    return isSource
      ? setSource(packet, table.data, other + this.#width, ports >>> 16)
      : setDestination(packet, table.data, other, ports & 0xffff);
  }

  /**
   * Rewrites one side of an ICMP error and the other side of what it quotes, as its connection says
   * (nf_nat_icmp_reply_translation); true when that changed something. The quoted source goes with the error's destination.
   */
  applyToError(packet: Packet, side: Manip): boolean {
    const { table } = this.#conntrack;
    const isSource = side === manip.source;
    const wanted = isSource !== packet.ctReply ? entryStatus.sourceNat : entryStatus.destinationNat;
    if ((table.status(packet.ctEntry) & wanted) === 0) return false;
    const other = table.tuple(packet.ctEntry, packet.ctReply ? 0 : 1);
    const ports = table.data[other + 2 * this.#width]!;
    const { quote } = packet;
    if (!isSource) {
      quote.sourcePort = ports >>> 16;
      return setDestination(packet, table.data, other, 0);
    }
    const at = other + this.#width;
    quote.destinationPort = ports & 0xffff;
    quote.dst0 = table.data[at]!;
    if (packet.v6) {
      quote.dst1 = table.data[at + 1]!;
      quote.dst2 = table.data[at + 2]!;
      quote.dst3 = table.data[at + 3]!;
    }
    return setSource(packet, table.data, at, 0);
  }

  /** A port as `--random-fully` draws it without a look at other connections. */
  randomPort(port: number): number {
    const [first, count] = portClass(port);
    return first + this.#random.below(count);
  }

  #load(entry: number): Int32Array {
    const { table } = this.#conntrack;
    const at = table.tuple(entry, 1);
    for (let i = 0; i < this.#reply.length; i++) this.#reply[i] = table.data[at + i]!;
    return this.#reply;
  }

  #store(entry: number, natBit: number, doneBit: number): void {
    const { table } = this.#conntrack;
    const reply = this.#reply;
    const at = table.tuple(entry, 1);
    let changed = false;
    for (let i = 0; i < reply.length; i++) changed ||= table.data[at + i] !== reply[i];
    table.data.set(reply, at);
    table.addStatus(entry, changed ? natBit | doneBit : doneBit);
  }

  /** Seeks a source port (the reply's destination port) whose reply tuple is free; keeps the last tried if none is. */
  #choosePort(entry: number): void {
    const reply = this.#reply;
    const at = 2 * this.#width;
    const protocol = reply[at + 1];
    if (protocol !== 6 && protocol !== 17 && protocol !== 132) return;
    const [first, count] = portClass(reply[at]! & 0xffff);
    let offset = this.#random.below(0x10000);
    for (let attempts = Math.min(count, mostAttempts); ; attempts >>= 1) {
      for (let i = 0; i < attempts; i++, offset++) {
        reply[at] = (reply[at]! & ~0xffff) | (first + (offset % count));
        if (!this.#conntrack.taken(reply, entry)) return;
      }
      if (attempts >= count || attempts < fewestAttempts) return;
      offset = this.#random.below(0x10000);
    }
  }
}

/** First port and number of ports of the class that a port's replacement comes from (nf_nat_l4proto_unique_tuple). */
function portClass(port: number): [first: number, count: number] {
  if (port < 512) return [1, 511];
  return port < 1024 ? [600, 424] : [1024, 64_512];
}

/** Writes the source; true when it was another one. */
export function setSource(packet: Packet, words: ArrayLike<number>, at: number, port: number): boolean {
  let same = packet.src0 === words[at] && packet.sourcePort === port;
  packet.src0 = words[at]!;
  packet.sourcePort = port;
  if (!packet.v6) return !same;
  same &&= packet.src1 === words[at + 1] && packet.src2 === words[at + 2] && packet.src3 === words[at + 3];
  packet.src1 = words[at + 1]!;
  packet.src2 = words[at + 2]!;
  packet.src3 = words[at + 3]!;
  return !same;
}

/** Writes the destination; true when it was another one. */
export function setDestination(packet: Packet, words: ArrayLike<number>, at: number, port: number): boolean {
  let same = packet.dst0 === words[at] && packet.destinationPort === port;
  packet.dst0 = words[at]!;
  packet.destinationPort = port;
  if (!packet.v6) return !same;
  same &&= packet.dst1 === words[at + 1] && packet.dst2 === words[at + 2] && packet.dst3 === words[at + 3];
  packet.dst1 = words[at + 1]!;
  packet.dst2 = words[at + 2]!;
  packet.dst3 = words[at + 3]!;
  return !same;
}
