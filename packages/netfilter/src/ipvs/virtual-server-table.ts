import type { Meter } from "../engine/meter.ts";
import type { Packet } from "../engine/packet.ts";
import { VirtualServerBuckets, virtualServerHash } from "./virtual-server-buckets.ts";
import type { VirtualServerEntry } from "./virtual-server-entry.ts";

/**
 * Finds the virtual server of a packet (__ip_vs_service_find): by a table that grows, and with the count of entries that the
 * kernel's own table, which does not, would have had it compare.
 */
export class VirtualServerTable {
  #buckets: (VirtualServerEntry | undefined)[] = new Array(16).fill(undefined);
  #size = 0;
  readonly #kernelBuckets = new VirtualServerBuckets();

  add(entry: VirtualServerEntry): void {
    this.#kernelBuckets.add(entry, virtualServerHash(entry.protocol, foldOf(entry), entry.port));
    if (++this.#size > this.#buckets.length) this.#grow();
    this.#link(entry);
  }

  remove(entry: VirtualServerEntry): void {
    this.#kernelBuckets.remove(entry, virtualServerHash(entry.protocol, foldOf(entry), entry.port));
    const bucket = this.#bucketOf(entry);
    let previous: VirtualServerEntry | undefined;
    for (let current = this.#buckets[bucket]; current !== undefined; current = current.nextInBucket) {
      if (current === entry) {
        if (previous === undefined) this.#buckets[bucket] = entry.nextInBucket;
        else previous.nextInBucket = entry.nextInBucket;
        entry.nextInBucket = undefined;
        this.#size--;
        return;
      }
      previous = current;
    }
  }

  /** The virtual server for the packet's protocol, destination and `port`. */
  find(packet: Packet, port: number, meter: Meter): VirtualServerEntry | undefined {
    const fold = packet.v6 ? packet.dst0 ^ packet.dst1 ^ packet.dst2 ^ packet.dst3 : packet.dst0;
    let entry = this.#buckets[hash(packet.protocol, fold, port) & (this.#buckets.length - 1)];
    while (entry !== undefined && !isFor(entry, packet, port)) entry = entry.nextInBucket;
    meter.hashLookups++;
    meter.bucketEntriesCompared += this.#kernelBuckets.compared(entry, virtualServerHash(packet.protocol, fold, port));
    return entry;
  }

  #link(entry: VirtualServerEntry): void {
    const bucket = this.#bucketOf(entry);
    entry.nextInBucket = this.#buckets[bucket];
    this.#buckets[bucket] = entry;
  }

  #bucketOf(entry: VirtualServerEntry): number {
    return hash(entry.protocol, foldOf(entry), entry.port) & (this.#buckets.length - 1);
  }

  #grow(): void {
    const old = this.#buckets;
    this.#buckets = new Array(old.length * 4).fill(undefined);
    for (const first of old) {
      for (let entry = first; entry !== undefined; ) {
        const next = entry.nextInBucket;
        this.#link(entry);
        entry = next;
      }
    }
  }
}

function foldOf({ address }: VirtualServerEntry): number {
  let fold = 0;
  for (const word of address) fold ^= word;
  return fold;
}

function isFor(entry: VirtualServerEntry, packet: Packet, port: number): boolean {
  const { address } = entry;
  if (entry.port !== port || entry.protocol !== packet.protocol || entry.v6 !== packet.v6) return false;
  if (address[0] !== packet.dst0) return false;
  return !entry.v6 || (address[1] === packet.dst1 && address[2] === packet.dst2 && address[3] === packet.dst3);
}

function hash(protocol: number, fold: number, port: number): number {
  const mixed = Math.imul(fold ^ (port << 16) ^ port ^ (protocol << 8), 0x61c88647);
  return mixed ^ (mixed >>> 15);
}
