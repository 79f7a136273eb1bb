import type { Scheduler } from "../scheduler.ts";
import { isAvailable } from "./availability.ts";
import { stateless } from "./stateless.ts";

/** Weighted failover: the largest weight, the first of equals (ip_vs_fo_schedule, net/netfilter/ipvs/ip_vs_fo.c). */
export const fo: Scheduler<null> = stateless("fo", (servers) => {
  let index = -1;
  for (let i = 0; i < servers.length; i++) {
    const server = servers[i]!;
    if (isAvailable(server) && (index < 0 || server.weight > servers[index]!.weight)) index = i;
  }
  return { index, examined: servers.length };
});
