import type { Scheduler } from "../scheduler.ts";
import { connectionOverhead, isAvailable } from "./availability.ts";
import { stateless } from "./stateless.ts";

/** Least connections, compared as `unsigned int`; the first of equals in the list (ip_vs_lc_schedule, net/netfilter/ipvs/ip_vs_lc.c). */
export const lc: Scheduler<null> = stateless("lc", (servers) => {
  let index = -1;
  let least = 0;
  for (let i = 0; i < servers.length; i++) {
    const server = servers[i]!;
    if (!isAvailable(server)) continue;
    const overhead = connectionOverhead(server) >>> 0;
    if (index < 0 || overhead < least) {
      index = i;
      least = overhead;
    }
  }
  return { index, examined: servers.length };
});
