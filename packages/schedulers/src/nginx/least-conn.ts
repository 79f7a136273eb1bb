import type { Choice, Request, Scheduler } from "../scheduler.ts";
import { balancer } from "./balancer.ts";
import { checkedNow, freshPeers, isSingle, type NginxServer, type PeersState, takes } from "./peers.ts";
import { groupOf, primaryThenBackup, roundRobin, smoothest } from "./round-robin.ts";

/**
 * The server with the least active connections for its weight; among equals smooth weighted round robin, which only
 * then moves on. The connections are `activeConnections`, those that nginx itself has open to the server.
 * nginx 1.22.1, src/http/modules/ngx_http_upstream_least_conn_module.c: `ngx_http_upstream_get_least_conn_peer`.
 * A pick looks at every server, at some twice.
 *
 * @example
 * nginxLeastConn.choose(nginxLeastConn.start(servers, 0), servers, request).index;
 */
export const nginxLeastConn: Scheduler<PeersState> = balancer("nginx/least_conn", {
  takesBackups: true,
  start: freshPeers,
  choose(state, servers, request) {
    if (isSingle(servers)) return roundRobin(state, servers, request);
    return primaryThenBackup(state, servers, request, (backup) =>
      leastOf(state, servers, request, groupOf(servers, backup)),
    );
  },
});

function leastOf(
  state: PeersState,
  servers: readonly NginxServer[],
  request: Request,
  group: readonly number[],
): Choice<PeersState> {
  let best = -1;
  let equals: number[] = [];
  for (const i of group) {
    if (!takes(state, servers, i, request)) continue;
    const order = best < 0 ? -1 : compareLoads(servers[i]!, servers[best]!);
    if (order < 0) {
      best = i;
      equals = [i];
    } else if (order === 0) equals.push(i);
  }
  const examined = group.length;
  if (best < 0) return { state, index: -1, examined };
  if (equals.length === 1) return { state: checkedNow(state, servers, best, request.nowMs), index: best, examined };
  const choice = smoothest(state, servers, request, equals);
  return { ...choice, examined: examined + choice.examined };
}

/** Connections per weight, by cross products as nginx has them in 64 bits; negative when the first has less. */
export function compareLoads(one: NginxServer, other: NginxServer): number {
  const left = one.activeConnections * other.weight;
  const right = other.activeConnections * one.weight;
  if (left <= Number.MAX_SAFE_INTEGER && right <= Number.MAX_SAFE_INTEGER) return left - right;
  const exactLeft = BigInt(one.activeConnections) * BigInt(other.weight);
  const exactRight = BigInt(other.activeConnections) * BigInt(one.weight);
  return exactLeft < exactRight ? -1 : exactLeft > exactRight ? 1 : 0;
}
