import type { Scheduler } from "../scheduler.ts";
import { isAvailable } from "./availability.ts";
import { leastLoaded } from "./least-load.ts";
import { expectedDelay } from "./sed.ts";
import { stateless } from "./stateless.ts";

/**
 * Never queue: the first server without active connections, whatever its weight; else as sed (ip_vs_nq_schedule,
 * net/netfilter/ipvs/ip_vs_nq.c).
 */
export const nq: Scheduler<null> = stateless("nq", (servers) => {
  const idle = servers.findIndex((server) => isAvailable(server) && server.activeConnections === 0);
  if (idle >= 0) return { index: idle, examined: idle + 1 };
  return { index: leastLoaded(servers, expectedDelay), examined: servers.length };
});
