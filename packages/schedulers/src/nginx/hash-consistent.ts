import { crc32 } from "../crc32.ts";
import type { Choice, Odds, Request, Scheduler } from "../scheduler.ts";
import { balancer } from "./balancer.ts";
import { anybody } from "./odds.ts";
import { freshPeers, isSingle, type NginxServer, type PeersState } from "./peers.ts";
import { findPoint, ownersOf, placePoints, type Ring } from "./ring.ts";
import { roundRobin, smoothest } from "./round-robin.ts";
import { maxTries, roundRobinAfter } from "./search.ts";

export type HashConsistentState = PeersState & Ring;

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
 * @throws RangeError by `start` and each change, for more than 2^24 points
 */
export const nginxHashConsistent: Scheduler<HashConsistentState> = balancer<HashConsistentState>(
  "nginx/hash_consistent",
  {
    takesBackups: false,
    start: (servers) => ({ ...freshPeers(servers), ...placePoints(servers) }),
    choose(state, servers, request) {
      const { key = "" } = request;
      if (isSingle(servers) || key === "") return roundRobin(state, servers, request);
      return alongRing(state, servers, request, key);
    },
    odds,
  },
);

/** Every point has the arc up to it, of all 2^32 hashes; the first also that behind the last. */
function odds(state: HashConsistentState, servers: readonly NginxServer[]): Odds {
  const parts = servers.map(() => 0n);
  const whole = 2n ** 32n;
  const { hashes } = state;
  if (isSingle(servers) || hashes.length === 0) {
    const { index } = roundRobin(state, servers, anybody);
    return { parts: parts.map((_, i) => (i === index ? whole : 0n)), whole };
  }
  for (const [point, hash] of hashes.entries()) {
    const request = { ...anybody, progress: { hash: point, rehashes: 0, tries: 0 } };
    const { index } = alongRing(state, servers, request, "");
    const arc = point > 0 ? hash - hashes[point - 1]! : hash + 2 ** 32 - hashes.at(-1)!;
    if (index >= 0) parts[index]! += BigInt(arc);
  }
  return { parts, whole };
}

function alongRing(
  state: HashConsistentState,
  servers: readonly NginxServer[],
  request: Request,
  key: string,
): Choice<HashConsistentState> {
  const found = request.progress === undefined ? findPoint(state.hashes, crc32(key)) : undefined;
  let point = found?.point ?? request.progress!.hash;
  let tries = request.progress?.tries ?? 0;
  let examined = found?.examined ?? 0;
  const count = state.hashes.length;
  for (; count > 0 && tries <= maxTries; tries++, point++) {
    const choice = smoothest(state, servers, request, ownersOf(state, point % count));
    examined += choice.examined;
    if (choice.index >= 0) return { ...choice, examined, progress: { hash: point, rehashes: 0, tries } };
  }
  return roundRobinAfter(state, servers, request, examined, { hash: point, rehashes: 0, tries });
}
