import type { Odds, Scheduler } from "../scheduler.ts";
import { balancer } from "./balancer.ts";
import { anybody } from "./odds.ts";
import { freshPeers, type NginxServer, type PeersState } from "./peers.ts";
import { type Hit, search, serverAt } from "./search.ts";

/**
 * A client stays with its server: a hash of the first three bytes of its IPv4 address, or of all of its IPv6 address,
 * falls to a server by weight. So all of 10.1.2.0/24 go to the same. A server that cannot be had is passed by hashing
 * on from there; its clients scatter over the others, and return when it is back.
 * nginx 1.22.1, src/http/modules/ngx_http_upstream_ip_hash_module.c: `ngx_http_upstream_get_ip_hash_peer`.
 * A pick goes along the servers up to the one that it takes.
 *
 * @example
 * // (((89 * 113 + 10) * 113 + 1) * 113 + 2) modulo 6271, at each step, then modulo the sum of weights
 * nginxIpHash.choose(state, servers, { ...request, sourceAddress: [0x0a010203] }).index;
 */
export const nginxIpHash: Scheduler<PeersState> = balancer("nginx/ip_hash", {
  takesBackups: false,
  start: freshPeers,
  choose: (state, servers, request) =>
    search(state, servers, request, startHash, (hash) => serverAt(servers, hashAddress(hash, request.sourceAddress))),
  odds,
});

const startHash = 89;
const modulus = 6271;

/** Of all IPv4 clients: three bytes count by what they add to the hash, and that takes less values than they do. */
function odds(state: PeersState, servers: readonly NginxServer[]): Odds {
  let counts = [1];
  for (let i = 0; i < 3; i++) counts = withOneByteMore(counts);
  const parts = servers.map(() => 0n);
  for (const [added, count] of counts.entries()) {
    const look = (hash: number): Hit => serverAt(servers, (hash * 113 ** 3 + added) % modulus);
    const { index } = search(state, servers, anybody, startHash, look);
    if (index >= 0) parts[index]! += BigInt(count);
  }
  return { parts, whole: 2n ** 24n };
}

function withOneByteMore(counts: readonly number[]): number[] {
  const more = new Array<number>(modulus).fill(0);
  for (const [added, count] of counts.entries()) {
    for (let byte = 0; byte < 256; byte++) more[(added * 113 + byte) % modulus]! += count;
  }
  return more;
}

function hashAddress(start: number, address: readonly number[]): number {
  const length = address.length === 1 ? 3 : 16;
  let hash = start;
  for (let i = 0; i < length; i++) {
    const byte = (address[i >> 2]! >>> (24 - 8 * (i & 3))) & 0xff;
    hash = (hash * 113 + byte) % modulus;
  }
  return hash;
}
