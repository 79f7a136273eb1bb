import type { VirtualServerEntry } from "./virtual-server-entry.ts";

const bucketCount = 256;

/**
 * The kernel's own table of virtual servers: 256 buckets, however many there are, each a list with the newest first
 * (IP_VS_SVC_TAB_BITS, ip_vs_svc_hash and hlist_add_head_rcu in net/netfilter/ipvs/ip_vs_ctl.c, Linux 6.1). Nothing is
 * looked for in it: it knows how many entries the kernel would have compared. The kernel also mixes an address of its own into
 * the hash, the same for all of a network namespace, which renames buckets and changes nothing about who shares one.
 */
export class VirtualServerBuckets {
  /** The oldest first, so that a new one moves nobody. None before the first: most hosts of a cluster have no virtual server. */
  #buckets: (VirtualServerEntry[] | undefined)[] = [];

  add(entry: VirtualServerEntry, hash: number): void {
    if (this.#buckets.length === 0) this.#buckets = new Array(bucketCount).fill(undefined);
    const at = hash & (bucketCount - 1);
    this.#buckets[at] ??= [];
    const bucket = this.#buckets[at];
    entry.placeInBucket = bucket.length;
    bucket.push(entry);
  }

  remove(entry: VirtualServerEntry, hash: number): void {
    const bucket = this.#buckets[hash & (bucketCount - 1)]!;
    bucket.splice(entry.placeInBucket, 1);
    for (let place = entry.placeInBucket; place < bucket.length; place++) bucket[place]!.placeInBucket = place;
  }

  /** How many entries are compared until `found` is: it and all that are newer; all of the bucket where none is found. */
  compared(found: VirtualServerEntry | undefined, hash: number): number {
    const bucket = this.#buckets[hash & (bucketCount - 1)];
    return bucket === undefined ? 0 : bucket.length - (found?.placeInBucket ?? 0);
  }
}

/** ip_vs_svc_hashkey; `fold` is the address, or the four words of one of IPv6 by exclusive or. */
export function virtualServerHash(protocol: number, fold: number, port: number): number {
  return protocol ^ fold ^ (port >> 8) ^ port;
}
