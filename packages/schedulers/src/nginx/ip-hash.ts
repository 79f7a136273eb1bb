import type { Scheduler } from "../scheduler.ts";
import { balancer } from "./balancer.ts";
import { freshPeers, type PeersState } from "./peers.ts";
import { search, serverAt } from "./search.ts";

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
    search(state, servers, request, 89, (hash) => serverAt(servers, hashAddress(hash, request.sourceAddress))),
});

function hashAddress(start: number, address: readonly number[]): number {
  const length = address.length === 1 ? 3 : 16;
  let hash = start;
  for (let i = 0; i < length; i++) {
    const byte = (address[i >> 2]! >>> (24 - 8 * (i & 3))) & 0xff;
    hash = (hash * 113 + byte) % 6271;
  }
  return hash;
}
