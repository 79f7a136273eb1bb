import { crc32 } from "../crc32.ts";
import type { Scheduler } from "../scheduler.ts";
import { balancer } from "./balancer.ts";
import { freshPeers, type PeersState } from "./peers.ts";
import { roundRobin } from "./round-robin.ts";
import { search, serverAt } from "./search.ts";

/**
 * `hash KEY`: fifteen bits of the key's CRC-32 fall to a server by weight, as in the Perl module Cache::Memcached. Where
 * that server cannot be had, the hash of "1" and the key is added, then of "2" and the key. Without a key round robin
 * chooses. When a server is added or removed, most keys change their server.
 * nginx 1.22.1, src/http/modules/ngx_http_upstream_hash_module.c: `ngx_http_upstream_get_hash_peer`.
 * A pick goes along the servers up to the one that it takes.
 *
 * @example
 * // (crc32("/a") >>> 16) & 0x7fff, modulo the sum of weights
 * nginxHash.choose(state, servers, { ...request, key: "/a" }).index;
 */
export const nginxHash: Scheduler<PeersState> = balancer("nginx/hash", {
  takesBackups: false,
  start: freshPeers,
  choose(state, servers, request) {
    const { key = "" } = request;
    if (key === "") return roundRobin(state, servers, request);
    return search(state, servers, request, 0, (hash, rehashes) => {
      const checksum = crc32(rehashes === 0 ? key : `${rehashes}${key}`);
      return serverAt(servers, hash + ((checksum >>> 16) & 0x7fff));
    });
  },
});
