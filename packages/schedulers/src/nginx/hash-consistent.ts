import { crc32 } from "../crc32.ts";
import type { Choice, Odds, Request, Scheduler } from "../scheduler.ts";
import { balancer } from "./balancer.ts";
import { anybody } from "./odds.ts";
import { freshPeers, isSingle, type NginxServer, type PeersState } from "./peers.ts";
import { findPoint, placePoints, type Ring } from "./ring.ts";
import { roundRobin, smoothest } from "./round-robin.ts";
import { maxTries, roundRobinAfter } from "./search.ts";

export interface HashConsistentState extends PeersState {
  /** null until it is needed. */
  readonly ring: Ring | null;
}

/**
 * `hash KEY consistent`, the ketama way: each server has 160 points per weight on a ring, and a key belongs to the
 * server of the first point at or behind its CRC-32. When a server is removed, only its own keys move. A server that
 * cannot be had gives its keys to those whose points come next. Without a key round robin chooses.
 * nginx 1.22.1, src/http/modules/ngx_http_upstream_hash_module.c: `ngx_http_upstream_init_chash`,
 * `ngx_http_upstream_get_chash_peer`. A pick searches the points by halves, then looks at the servers of the point's
 * name; nginx goes over all servers to find those. Looks at the points count as looks at their servers.
 *
 * @example
 * nginxHashConsistent.choose(state, servers, { ...request, key: "/a" }).index;
 * @throws RangeError by `choose`, for more than 2^24 points
 */
export const nginxHashConsistent: Scheduler<HashConsistentState> = balancer<HashConsistentState>(
  "nginx/hash_consistent",
  {
    takesBackups: false,
    start: (servers) => ({ ...freshPeers(servers), ring: null }),
    choose(before, servers, request) {
      const { key = "" } = request;
      if (isSingle(servers) || key === "") return roundRobin(before, servers, request);
      const ring = before.ring ?? placePoints(servers);
      return alongRing(before.ring === null ? { ...before, ring } : before, ring, servers, request, key);
    },
    odds,
  },
);

/** Every point has the arc up to it, of all 2^32 hashes; the first also that behind the last. */
function odds(state: HashConsistentState, servers: readonly NginxServer[]): Odds {
  const parts = servers.map(() => 0n);
  const whole = 2n ** 32n;
  const ring = isSingle(servers) ? null : (state.ring ?? placePoints(servers));
  if (ring === null || ring.hashes.length === 0) {
    const { index } = roundRobin(state, servers, anybody);
    return { parts: parts.map((_, i) => (i === index ? whole : 0n)), whole };
  }
  for (const [point, hash] of ring.hashes.entries()) {
    const request = { ...anybody, progress: { hash: point, rehashes: 0, tries: 0 } };
    const { index } = alongRing(state, ring, servers, request, "");
    const arc = point > 0 ? hash - ring.hashes[point - 1]! : hash + 2 ** 32 - ring.hashes.at(-1)!;
    if (index >= 0) parts[index]! += BigInt(arc);
  }
  return { parts, whole };
}

function alongRing(
  state: HashConsistentState,
  ring: Ring,
  servers: readonly NginxServer[],
  request: Request,
  key: string,
): Choice<HashConsistentState> {
  const found = request.progress === undefined ? findPoint(ring.hashes, crc32(key)) : undefined;
  let point = found?.point ?? request.progress!.hash;
  let tries = request.progress?.tries ?? 0;
  let examined = found?.examined ?? 0;
  const count = ring.hashes.length;
  for (; count > 0 && tries <= maxTries; tries++, point++) {
    const group = ring.groups[ring.owners[point % count]!]!;
    const choice = smoothest(state, servers, request, group);
    examined += choice.examined;
    if (choice.index >= 0) return { ...choice, examined, progress: { hash: point, rehashes: 0, tries } };
  }
  return roundRobinAfter(state, servers, request, examined, { hash: point, rehashes: 0, tries });
}
