import type { Scheduler } from "../scheduler.ts";
import { connectionOverhead } from "./availability.ts";
import { leastLoaded } from "./least-load.ts";
import { stateless } from "./stateless.ts";

/** Least connections per weight (ip_vs_wlc_schedule, net/netfilter/ipvs/ip_vs_wlc.c). */
export const wlc: Scheduler<null> = stateless("wlc", (servers) => ({
  index: leastLoaded(servers, connectionOverhead),
  examined: servers.length,
}));
