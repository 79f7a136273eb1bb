import type { Scheduler, Server } from "../scheduler.ts";
import { foldAddress, hash32 } from "./address-hash.ts";
import { searchBuckets } from "./bucket-search.ts";
import { type HashTableState, hashScheduler } from "./hash-table.ts";

/** CONFIG_IP_VS_DH_TAB_BITS. */
const tableBits = 8;

/**
 * Destination hashing: 256 buckets dealt evenly, whatever the weights (ip_vs_dh_reassign and ip_vs_dh_schedule,
 * net/netfilter/ipvs/ip_vs_dh.c).
 */
export const dh: Scheduler<HashTableState> = hashScheduler("dh", deal, (buckets, servers, request) =>
  searchBuckets(buckets, servers, false, () => hash32(foldAddress(request.destinationAddress), tableBits)),
);

function deal(servers: readonly Server[]): readonly number[] {
  if (servers.length === 0) return [];
  return Array.from({ length: 2 ** tableBits }, (_, bucket) => bucket % servers.length);
}
