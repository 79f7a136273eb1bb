import type { Scheduler, Server } from "../scheduler.ts";
import { foldAddress } from "./address-hash.ts";
import { searchBuckets } from "./bucket-search.ts";
import { greatestCommonDivisor } from "./gcd.ts";
import { type HashTableState, hashScheduler } from "./hash-table.ts";
import { hsiphashWord } from "./hsiphash.ts";

/** CONFIG_IP_VS_MH_TAB_INDEX 12: the fifth of the kernel's primes, and weights of at most this many bits. */
const tableSize = 4093;
const weightBits = 6;
const offsetKey = 2654435761;
const skipKey = 2654446892;

/**
 * Maglev hashing: each server claims places of a table of 4093 in an order of its own, in turns by weight; the source
 * address (with `mh-port` and the port) names the place (ip_vs_mh_populate and ip_vs_mh_schedule,
 * net/netfilter/ipvs/ip_vs_mh.c). The table is built from the last weights that were not 0, so that a quiesced server does
 * not move the others' clients.
 */
export const mh: Scheduler<HashTableState> = hashScheduler("mh", deal, (buckets, servers, request) => {
  const key = foldAddress(request.sourceAddress) + (request.usePort ? request.sourcePort : 0);
  const bucketAt = (offset: number): number => hsiphashWord((key + offset) | 0, offsetKey) % tableSize;
  return searchBuckets(buckets, servers, request.fallback, bucketAt);
});

interface Claim {
  place: number;
  readonly skip: number;
  /** Places that it takes in a row. */
  readonly turns: number;
}

function deal(servers: readonly Server[]): readonly number[] {
  const claims = makeClaims(servers);
  if (claims.every((claim) => claim.turns < 1)) return [];
  const buckets = new Array<number>(tableSize).fill(-1);
  let taken = 0;
  while (true) {
    for (const [index, claim] of claims.entries()) {
      for (let turn = 0; turn < claim.turns; turn++) {
        while (buckets[claim.place]! >= 0) claim.place = (claim.place + claim.skip) % tableSize;
        buckets[claim.place] = index;
        if (++taken === tableSize) return buckets;
      }
    }
  }
}

function makeClaims(servers: readonly Server[]): Claim[] {
  const divisor = servers.reduce((sum, server) => greatestCommonDivisor(server.lastWeight, sum), 0);
  const largest = servers.reduce((most, server) => Math.max(most, server.lastWeight), 0);
  const shift = divisor < 1 ? 0 : Math.max(0, 32 - Math.clz32(Math.floor(largest / divisor)) - weightBits);
  return servers.map((server) => {
    const key = (foldAddress(server.address) + server.port) | 0;
    const share = divisor < 1 ? 0 : Math.floor(server.lastWeight / divisor) >> shift;
    return {
      place: hsiphashWord(key, offsetKey) % tableSize,
      skip: (hsiphashWord(key, skipKey) % (tableSize - 1)) + 1,
      turns: share === 0 && server.lastWeight !== 0 ? 1 : share,
    };
  });
}
