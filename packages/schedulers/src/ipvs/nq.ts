import type { Scheduler, Server } from "../scheduler.ts";
import { isAvailable } from "./availability.ts";
import { leastLoaded } from "./least-load.ts";
import { expectedDelay } from "./sed.ts";
import { stateless } from "./stateless.ts";

/**
 * Never queue: the first server without active connections, whatever its weight; else as sed (ip_vs_nq_schedule,
 * net/netfilter/ipvs/ip_vs_nq.c).
 */
export const nq: Scheduler<null> = stateless("nq", (servers) => {
  const idle = firstIdle(servers);
  if (idle >= 0) return { index: idle, examined: idle + 1 };
  return { index: leastLoaded(servers, expectedDelay), examined: servers.length };
});

function firstIdle(servers: readonly Server[]): number {
  for (let i = 0; i < servers.length; i++) {
    const server = servers[i]!;
    if (server.activeConnections === 0 && isAvailable(server)) return i;
  }
  return -1;
}
