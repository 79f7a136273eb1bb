import type { Scheduler } from "../scheduler.ts";
import { isAvailable } from "./availability.ts";

/** Index of the server that was chosen last; -1 for the head of the list. */
export interface RoundRobinState {
  readonly position: number;
}

/**
 * Round robin: the next server after the last one that takes connections (ip_vs_rr_schedule,
 * net/netfilter/ipvs/ip_vs_rr.c). A new server enters at the head, so the position moves on with the server it stands on;
 * when that one goes, the one before it holds the place (ip_vs_rr_del_dest).
 */
export const rr: Scheduler<RoundRobinState> = {
  name: "rr",
  start: () => ({ position: -1 }),
  added: (state) => (state.position < 0 ? state : { position: state.position + 1 }),
  removed: (state, _servers, index) => (index > state.position ? state : { position: state.position - 1 }),
  changed: (state) => state,
  choose(state, servers) {
    const count = servers.length;
    for (let step = 1; step <= count; step++) {
      const index = (state.position + step) % count;
      if (isAvailable(servers[index]!)) return { state: { position: index }, index, examined: step };
    }
    return { state, index: -1, examined: count };
  },
  remembers: () => false,
};
