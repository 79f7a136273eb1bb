import type { Choice, Request, SearchProgress } from "../scheduler.ts";
import { checkedNow, isSingle, type NginxServer, type PeersState, takes } from "./peers.ts";
import { roundRobin } from "./round-robin.ts";

/** After so many servers that could not be had, a search gives up. */
export const maxTries = 20;

export interface Hit {
  readonly index: number;
  readonly examined: number;
  readonly hash?: number;
}

/**
 * How the hashes and `random` of nginx go about it: look somewhere, and when the server there cannot be had, somewhere
 * else; after 20 in vain, over all tries of the request, round robin chooses.
 */
export function search<State extends PeersState>(
  state: State,
  servers: readonly NginxServer[],
  request: Request,
  startHash: number,
  look: (hash: number, rehashes: number) => Hit,
): Choice<State> {
  let { hash, rehashes, tries } = request.progress ?? { hash: startHash, rehashes: 0, tries: 0 };
  let examined = 0;
  if (isSingle(servers)) return roundRobin(state, servers, request);
  for (; tries <= maxTries; tries++) {
    const hit = look(hash, rehashes++);
    hash = hit.hash ?? hash;
    examined += hit.examined;
    if (hit.index < 0 || !takes(state, servers, hit.index, request)) continue;
    const after = checkedNow(state, servers, hit.index, request.nowMs);
    return { state: after, index: hit.index, examined, progress: { hash, rehashes, tries } };
  }
  return roundRobinAfter(state, servers, request, examined, { hash, rehashes, tries });
}

export function roundRobinAfter<State extends PeersState>(
  state: State,
  servers: readonly NginxServer[],
  request: Request,
  examined: number,
  progress: SearchProgress,
): Choice<State> {
  const choice = roundRobin(state, servers, request);
  return { ...choice, examined: examined + choice.examined, progress };
}

/** The server that a hash falls to, where each spans as much as it weighs; also those that are down. */
export function serverAt(servers: readonly NginxServer[], hash: number): Hit {
  let totalWeight = 0;
  for (const server of servers) totalWeight += server.weight;
  if (totalWeight === 0) return { index: -1, examined: 0, hash };
  let rest = hash % totalWeight;
  let index = 0;
  while (rest >= servers[index]!.weight) rest -= servers[index++]!.weight;
  return { index, examined: index + 1, hash };
}
