import type { Scheduler, Server } from "../scheduler.ts";
import { foldAddress, hash32 } from "./address-hash.ts";
import { searchBuckets } from "./bucket-search.ts";
import { type HashTableState, hashScheduler } from "./hash-table.ts";

/** CONFIG_IP_VS_SH_TAB_BITS. */
const tableBits = 8;
const tableSize = 2 ** tableBits;

/**
 * Source hashing: a table of 256 buckets dealt round by weight, and the source address (with `sh-port` and the port)
 * names the bucket (ip_vs_sh_reassign and ip_vs_sh_schedule, net/netfilter/ipvs/ip_vs_sh.c). A server of weight 0 keeps one
 * bucket a round, so clients that it had are refused unless `sh-fallback` is set. One of 256 or more that stands first takes all.
 */
export const sh: Scheduler<HashTableState> = hashScheduler("sh", deal, (buckets, servers, request) => {
  const key = foldAddress(request.sourceAddress) + (request.usePort ? request.sourcePort : 0);
  const hash = hash32(key, tableBits);
  return searchBuckets(buckets, servers, request.fallback, (offset) => (offset + hash) % tableSize);
});

function deal(servers: readonly Server[]): readonly number[] {
  if (servers.length === 0) return [];
  const buckets: number[] = [];
  let index = 0;
  let dealt = 0;
  while (buckets.length < tableSize) {
    buckets.push(index);
    if (++dealt >= servers[index]!.weight) {
      index = (index + 1) % servers.length;
      dealt = 0;
    }
  }
  return buckets;
}
