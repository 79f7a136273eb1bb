import { drawBelow } from "../chance.ts";
import type { Choice, Request, Scheduler } from "../scheduler.ts";
import { balancer } from "./balancer.ts";
import { compareLoads } from "./least-conn.ts";
import { checkedNow, freshPeers, isSingle, type NginxServer, type PeersState, takes } from "./peers.ts";
import { oddsOfOne, oddsOfTwo } from "./random-odds.ts";
import { roundRobin } from "./round-robin.ts";
import { type Hit, maxTries, roundRobinAfter, search } from "./search.ts";

export interface RandomState extends PeersState {
  /** Where each server's part of the sum of weights begins; the last entry is that sum. */
  readonly ranges: readonly number[];
}

/**
 * Any server by chance, as likely as it weighs; drawn anew when it cannot be had.
 * nginx 1.22.1, src/http/modules/ngx_http_upstream_random_module.c: `ngx_http_upstream_get_random_peer`. The draw is
 * `random()`, 31 bits, modulo the sum of weights: here `request.random`, one call a draw. A pick searches the weights by
 * halves.
 *
 * @example
 * nginxRandom.choose(state, servers, { ...request, random: seedrandom("7") }).index;
 * @throws TypeError by `choose` without `request.random`
 */
export const nginxRandom: Scheduler<RandomState> = balancer("nginx/random", {
  takesBackups: false,
  start,
  choose: (state, servers, request) =>
    search(state, servers, request, 0, () => drawServer(state.ranges, request, "nginx/random")),
  odds: (state, servers) => oddsOfOne(state, state.ranges, servers),
});

/**
 * `random two least_conn` (also `random two`): draws until it has two different servers that can be had and takes the
 * one with less active connections for its weight, the second of equals. Each draw but the last counts as a try, so with
 * two servers of weights 1000 and 1 round robin mostly chooses.
 * nginx 1.22.1, src/http/modules/ngx_http_upstream_random_module.c: `ngx_http_upstream_get_random2_peer`.
 *
 * @example
 * nginxRandomTwo.choose(state, servers, { ...request, random: seedrandom("7") }).index;
 * @throws TypeError by `choose` without `request.random`
 */
export const nginxRandomTwo: Scheduler<RandomState> = balancer("nginx/random_two", {
  takesBackups: false,
  start,
  choose(state, servers, request) {
    if (isSingle(servers)) return roundRobin(state, servers, request);
    return betterOfTwo(state, servers, request);
  },
  odds: (state, servers) => oddsOfTwo(state, state.ranges, servers),
});

function start(servers: readonly NginxServer[]): RandomState {
  const ranges = [0];
  for (const server of servers) ranges.push(ranges.at(-1)! + server.weight);
  return { ...freshPeers(servers), ranges };
}

function betterOfTwo(state: RandomState, servers: readonly NginxServer[], request: Request): Choice<RandomState> {
  let tries = request.progress?.tries ?? 0;
  let examined = 0;
  let first = -1;
  for (; tries <= maxTries; tries++) {
    const hit = drawServer(state.ranges, request, "nginx/random_two");
    examined += hit.examined;
    if (hit.index < 0 || hit.index === first || !takes(state, servers, hit.index, request)) continue;
    if (first < 0) {
      first = hit.index;
      continue;
    }
    const index = compareLoads(servers[hit.index]!, servers[first]!) > 0 ? first : hit.index;
    const after = checkedNow(state, servers, index, request.nowMs);
    return { state: after, index, examined, progress: { hash: 0, rehashes: 0, tries } };
  }
  return roundRobinAfter(state, servers, request, examined, { hash: 0, rehashes: 0, tries });
}

/** A server by its part of the sum of weights (`ngx_http_upstream_peek_random_peer`). */
function drawServer(ranges: readonly number[], request: Request, name: string): Hit {
  const totalWeight = ranges.at(-1)!;
  if (totalWeight === 0) return { index: -1, examined: 0 };
  const place = drawBelow(request, 2 ** 31, name) % totalWeight;
  let low = 0;
  let high = ranges.length - 1;
  let examined = 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    examined++;
    if (place < ranges[middle]!) high = middle;
    else low = middle;
  }
  return { index: low, examined };
}
