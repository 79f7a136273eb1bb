import type { Scheduler } from "../scheduler.ts";
import { isAvailable } from "./availability.ts";
import { stateless } from "./stateless.ts";

/**
 * Overflow: the largest weight whose active connections are not more than its weight, then the next
 * (ip_vs_ovf_schedule, net/netfilter/ipvs/ip_vs_ovf.c).
 */
export const ovf: Scheduler<null> = stateless("ovf", (servers) => {
  let index = -1;
  for (let i = 0; i < servers.length; i++) {
    const server = servers[i]!;
    if (!isAvailable(server) || server.activeConnections > server.weight) continue;
    if (index < 0 || server.weight > servers[index]!.weight) index = i;
  }
  return { index, examined: servers.length };
});
