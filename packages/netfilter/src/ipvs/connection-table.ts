import type { Packet } from "../engine/packet.ts";
import { ExpiryQueue } from "./expiry-queue.ts";
import { FreeSlots } from "./free-slots.ts";
import type { RealServerEntry } from "./real-server-entry.ts";

/** Where each number of a connection stands in its row of `words` (struct ip_vs_conn). Addresses take four words. */
export const field = {
  v6: 0,
  protocol: 1,
  clientAddress: 2,
  clientPort: 6,
  virtualAddress: 7,
  virtualPort: 11,
  serverAddress: 12,
  serverPort: 16,
  flags: 17,
  state: 18,
  /** The template that keeps this connection's client with its server; -1 for none. */
  controller: 19,
  /** How many connections this template controls. */
  controlled: 20,
  bucket: 21,
  nextInBucket: 22,
} as const;
const rowLength = 24;
const mostSlots = 2 ** 24;

/** Bits of `field.flags`. */
export const connectionFlag = {
  used: 1,
  /** A persistence template. */
  template: 2,
  /** Counted as InActConn. */
  inactive: 4,
  /** Left to conntrack (IP_VS_CONN_F_NFCT). */
  conntrack: 8,
  /** In the hash table. */
  hashed: 16,
} as const;

/**
 * The connections of one kernel in flat arrays, found by one hash of protocol, client address and client port in both
 * directions, as the kernel does it (net/netfilter/ipvs/ip_vs_conn.c). A slot is a number; nothing is allocated for a
 * packet of a connection that is there.
 */
export class ConnectionTable {
  words: Int32Array<ArrayBuffer>;
  /** How long it lives after its last packet. */
  timeoutMs: Float64Array<ArrayBuffer>;
  expiresMs: Float64Array<ArrayBuffer>;
  readonly servers: (RealServerEntry | undefined)[] = [];
  /** Connections and templates. */
  count = 0;
  readonly queue: ExpiryQueue = new ExpiryQueue();
  readonly free: FreeSlots = new FreeSlots();
  /** Time of a slot's entry in the queue. */
  #queuedMs: Float64Array<ArrayBuffer>;
  #buckets: Int32Array<ArrayBuffer>;
  #capacity: number;

  /** `capacity`, a power of two, grows by itself. */
  constructor(capacity = 16) {
    this.#capacity = capacity;
    this.words = new Int32Array(capacity * rowLength);
    this.timeoutMs = new Float64Array(capacity);
    this.expiresMs = new Float64Array(capacity);
    this.#queuedMs = new Float64Array(capacity).fill(Number.POSITIVE_INFINITY);
    this.#buckets = new Int32Array(capacity).fill(-1);
  }

  get capacity(): number {
    return this.#capacity;
  }

  row(slot: number): number {
    return slot * rowLength;
  }

  /** Takes a free slot with an empty row; whoever takes it fills the row and calls `link`. */
  allocate(): number {
    const slot = this.free.take();
    while (slot >= this.#capacity) this.#grow();
    const row = slot * rowLength;
    this.words.fill(0, row, row + rowLength);
    this.words[row + field.controller] = -1;
    this.words[row + field.flags] = connectionFlag.used;
    this.count++;
    return slot;
  }

  release(slot: number): void {
    const row = slot * rowLength;
    this.words[row + field.flags] = 0;
    this.free.giveBack(slot);
    this.#queuedMs[slot] = Number.POSITIVE_INFINITY;
    this.servers[slot] = undefined;
    this.count--;
  }

  /** Puts a row first in its bucket. */
  link(slot: number): void {
    const words = this.words;
    const row = slot * rowLength;
    const bucket = this.#bucketAt(row);
    words[row + field.bucket] = bucket;
    words[row + field.nextInBucket] = this.#buckets[bucket]!;
    words[row + field.flags]! |= connectionFlag.hashed;
    this.#buckets[bucket] = slot;
  }

  unlink(slot: number): void {
    const words = this.words;
    const row = slot * rowLength;
    if ((words[row + field.flags]! & connectionFlag.hashed) === 0) return;
    const bucket = words[row + field.bucket]!;
    const next = words[row + field.nextInBucket]!;
    let previous = this.#buckets[bucket]!;
    if (previous === slot) this.#buckets[bucket] = next;
    else {
      while (words[previous * rowLength + field.nextInBucket] !== slot) {
        previous = words[previous * rowLength + field.nextInBucket]!;
      }
      words[previous * rowLength + field.nextInBucket] = next;
    }
    words[row + field.flags]! &= ~connectionFlag.hashed;
  }

  /** The connection of a packet from its client to its virtual server; -1 for none. */
  findIncoming(packet: Packet): number {
    const { protocol, sourcePort, destinationPort, src0, src1, src2, src3, dst0, dst1, dst2, dst3 } = packet;
    const v6 = packet.v6 ? 1 : 0;
    const words = this.words;
    let slot = this.#buckets[this.#hash(protocol, src0, src1, src2, src3, sourcePort)]!;
    for (; slot >= 0; slot = words[slot * rowLength + field.nextInBucket]!) {
      const row = slot * rowLength;
      if (
        words[row + field.clientPort] === sourcePort &&
        words[row + field.virtualPort] === destinationPort &&
        words[row + field.clientAddress] === src0 &&
        words[row + field.virtualAddress] === dst0 &&
        words[row + field.protocol] === protocol &&
        words[row + field.v6] === v6 &&
        (words[row + field.flags]! & connectionFlag.template) === 0 &&
        (v6 === 0 ||
          (this.#same(row + field.clientAddress, src1, src2, src3) &&
            this.#same(row + field.virtualAddress, dst1, dst2, dst3)))
      ) {
        return slot;
      }
    }
    return -1;
  }

  /** The connection of a packet from its real server to its client; -1 for none. */
  findOutgoing(packet: Packet): number {
    const { protocol, sourcePort, destinationPort, src0, src1, src2, src3, dst0, dst1, dst2, dst3 } = packet;
    const v6 = packet.v6 ? 1 : 0;
    const words = this.words;
    let slot = this.#buckets[this.#hash(protocol, dst0, dst1, dst2, dst3, destinationPort)]!;
    for (; slot >= 0; slot = words[slot * rowLength + field.nextInBucket]!) {
      const row = slot * rowLength;
      if (
        words[row + field.clientPort] === destinationPort &&
        words[row + field.serverPort] === sourcePort &&
        words[row + field.clientAddress] === dst0 &&
        words[row + field.serverAddress] === src0 &&
        words[row + field.protocol] === protocol &&
        words[row + field.v6] === v6 &&
        (words[row + field.flags]! & connectionFlag.template) === 0 &&
        (v6 === 0 ||
          (this.#same(row + field.clientAddress, dst1, dst2, dst3) &&
            this.#same(row + field.serverAddress, src1, src2, src3)))
      ) {
        return slot;
      }
    }
    return -1;
  }

  /** The persistence template with the protocol, client and virtual server of a row that was filled but not linked. */
  findTemplate(like: number): number {
    const words = this.words;
    const wanted = like * rowLength;
    let slot = this.#buckets[this.#bucketAt(wanted)]!;
    for (; slot >= 0; slot = words[slot * rowLength + field.nextInBucket]!) {
      const row = slot * rowLength;
      if ((words[row + field.flags]! & connectionFlag.template) !== 0 && this.#sameKey(row, wanted)) return slot;
    }
    return -1;
  }

  /** Starts the slot's timer anew. */
  touch(slot: number, nowMs: number): void {
    this.expireAt(slot, nowMs + this.timeoutMs[slot]!);
  }

  /**
   * Of one time, connections go before templates, and of each those with the lower slot: a template that they controlled then
   * goes with them. In the kernel its timer is the one that runs late, for it was set anew each time it came too early.
   */
  expireAt(slot: number, timeMs: number): void {
    this.expiresMs[slot] = timeMs;
    if (timeMs < this.#queuedMs[slot]!) {
      this.#queuedMs[slot] = timeMs;
      const isTemplate = (this.words[slot * rowLength + field.flags]! & connectionFlag.template) !== 0;
      this.queue.push(timeMs, isTemplate ? mostSlots + slot : slot, slot);
    }
  }

  /** A slot whose time has come by now; -1 when there is none (any more). */
  takeExpired(nowMs: number): number {
    while (this.queue.nextMs <= nowMs) {
      const timeMs = this.queue.nextMs;
      const slot = this.queue.pop();
      if (this.#queuedMs[slot] !== timeMs) continue;
      this.#queuedMs[slot] = Number.POSITIVE_INFINITY;
      if (this.expiresMs[slot]! <= nowMs) return slot;
      this.expireAt(slot, this.expiresMs[slot]!);
    }
    return -1;
  }

  /** All slots in the hash table, such that linking them in this order gives the same buckets. */
  slotsInLinkOrder(): number[] {
    const slots: number[] = [];
    for (const first of this.#buckets) {
      for (let slot = first; slot >= 0; slot = this.words[slot * rowLength + field.nextInBucket]!) slots.push(slot);
    }
    return slots.reverse();
  }

  #same(at: number, a: number, b: number, c: number): boolean {
    const words = this.words;
    return words[at + 1] === a && words[at + 2] === b && words[at + 3] === c;
  }

  /** Equal in everything from `field.v6` to `field.virtualPort`. */
  #sameKey(row: number, other: number): boolean {
    for (let i = field.v6; i <= field.virtualPort; i++) if (this.words[row + i] !== this.words[other + i]) return false;
    return true;
  }

  #bucketAt(row: number): number {
    const words = this.words;
    const at = row + field.clientAddress;
    const protocol = words[row + field.protocol]!;
    return this.#hash(
      protocol,
      words[at]!,
      words[at + 1]!,
      words[at + 2]!,
      words[at + 3]!,
      words[row + field.clientPort]!,
    );
  }

  #hash(protocol: number, a: number, b: number, c: number, d: number, port: number): number {
    const fold = a ^ Math.imul(b, 0x2c1b3c6d) ^ Math.imul(c, 0x297a2d39) ^ Math.imul(d, 0x85ebca6b | 0);
    const mixed = Math.imul(fold ^ (port << 15) ^ port ^ (protocol << 24), 0x61c88647);
    return (mixed ^ (mixed >>> 16)) & (this.#buckets.length - 1);
  }

  #grow(): void {
    this.#capacity *= 2;
    this.words = enlarge(this.words, new Int32Array(this.#capacity * rowLength));
    this.timeoutMs = enlarge(this.timeoutMs, new Float64Array(this.#capacity));
    this.expiresMs = enlarge(this.expiresMs, new Float64Array(this.#capacity));
    this.#queuedMs = enlarge(this.#queuedMs, new Float64Array(this.#capacity).fill(Number.POSITIVE_INFINITY));
    const linked = this.slotsInLinkOrder();
    this.#buckets = new Int32Array(this.#capacity).fill(-1);
    for (const slot of linked) this.link(slot);
  }
}

function enlarge<A extends Int32Array | Float64Array>(from: A, to: A): A {
  to.set(from);
  return to;
}
