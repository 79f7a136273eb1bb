import type { Scheduler, Server } from "../scheduler.ts";
import { leastLoaded } from "./least-load.ts";
import { stateless } from "./stateless.ts";

/** What the server would hold if it got this connection too; idle ones do not count. */
export function expectedDelay(server: Server): number {
  return server.activeConnections + 1;
}

/** Shortest expected delay: active connections with this one, per weight (ip_vs_sed_schedule, net/netfilter/ipvs/ip_vs_sed.c). */
export const sed: Scheduler<null> = stateless("sed", (servers) => ({
  index: leastLoaded(servers, expectedDelay),
  examined: servers.length,
}));
