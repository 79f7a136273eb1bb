import type { Choice, Request, Scheduler } from "../scheduler.ts";
import { balancer } from "./balancer.ts";
import { checkedNow, freshPeers, isShut, isSingle, type NginxServer, type PeersState, takes } from "./peers.ts";

/**
 * nginx's default, smooth weighted round robin: at each pick every server's current weight grows by its own weight, the
 * largest is chosen and pays the sum of all. Over as many picks as the weights sum up to, each gets exactly its weight,
 * spread out: 5, 1, 1 gives a a b a c a a.
 * nginx 1.22.1, src/http/ngx_http_upstream_round_robin.c: `ngx_http_upstream_get_round_robin_peer`,
 * `ngx_http_upstream_get_peer`. A pick looks at every server.
 *
 * @example
 * let state = nginxRoundRobin.start(servers, 0);
 * const choice = nginxRoundRobin.choose(state, servers, request);
 * state = nginxRoundRobin.released!(choice.state, servers, choice.index, { failed: true, durationMs: 2, nowMs });
 */
export const nginxRoundRobin: Scheduler<PeersState> = balancer("nginx/round_robin", {
  takesBackups: true,
  start: freshPeers,
  choose: roundRobin,
});

/** Smooth weighted round robin: also where the other balancers turn when their own search fails. */
export function roundRobin<State extends PeersState>(
  state: State,
  servers: readonly NginxServer[],
  request: Request,
): Choice<State> {
  if (isSingle(servers)) return { state, index: isShut(servers[0]!) ? -1 : 0, examined: 1 };
  return primaryThenBackup(state, servers, request, (backup) =>
    smoothest(state, servers, request, groupOf(servers, backup)),
  );
}

/** Asks among the backup servers when no other can be had, and from then on for this request. */
export function primaryThenBackup<State extends PeersState>(
  state: State,
  servers: readonly NginxServer[],
  request: Request,
  pick: (backup: boolean) => Choice<State>,
): Choice<State> {
  let examined = 0;
  if (!triedBackup(servers, request)) {
    const choice = pick(false);
    if (choice.index >= 0) return choice;
    examined = choice.examined;
  }
  if (!servers.some(isBackup)) return { state, index: -1, examined };
  const choice = pick(true);
  return { ...choice, examined: examined + choice.examined };
}

/** Where the servers of one of the two lists stand: the backups, or all others. */
export function groupOf(servers: readonly NginxServer[], backup: boolean): number[] {
  const group: number[] = [];
  for (let i = 0; i < servers.length; i++) if (isBackup(servers[i]!) === backup) group.push(i);
  return group;
}

function isBackup(server: NginxServer): boolean {
  return server.backup === true;
}

function triedBackup(servers: readonly NginxServer[], { tried }: Request): boolean {
  if (tried === undefined || tried.length === 0) return false;
  return servers.some((server) => isBackup(server) && tried.includes(server.id));
}

/** One pick of smooth weighted round robin among those candidates that can be had. */
export function smoothest<State extends PeersState>(
  state: State,
  servers: readonly NginxServer[],
  request: Request,
  candidates: readonly number[],
): Choice<State> {
  const taken: number[] = [];
  let best = -1;
  let largest = 0;
  let total = 0;
  for (const i of candidates) {
    if (!takes(state, servers, i, request)) continue;
    const weight = state.effectiveWeights[i]!;
    const current = state.currentWeights[i]! + weight;
    taken.push(i);
    total += weight;
    if (best >= 0 && current <= largest) continue;
    best = i;
    largest = current;
  }
  const examined = candidates.length;
  if (best < 0) return { state, index: -1, examined };
  const after = { ...state, ...weightsAfter(state, servers, taken, best, total) };
  return { state: checkedNow(after, servers, best, request.nowMs), index: best, examined };
}

/** All gain their weight, and the best pays what all gained. What failures took comes back, one each time. */
function weightsAfter(
  state: PeersState,
  servers: readonly NginxServer[],
  taken: readonly number[],
  best: number,
  total: number,
): Pick<PeersState, "currentWeights" | "effectiveWeights"> {
  let effectiveWeights: number[] | undefined;
  for (const i of taken) {
    if (state.effectiveWeights[i]! >= servers[i]!.weight) continue;
    effectiveWeights ??= [...state.effectiveWeights];
    effectiveWeights[i]!++;
  }
  // One alone pays what it gains.
  let currentWeights = state.currentWeights;
  if (taken.length > 1) {
    const moved = [...currentWeights];
    for (const i of taken) moved[i]! += state.effectiveWeights[i]!;
    moved[best]! -= total;
    currentWeights = moved;
  }
  return { currentWeights, effectiveWeights: effectiveWeights ?? state.effectiveWeights };
}
