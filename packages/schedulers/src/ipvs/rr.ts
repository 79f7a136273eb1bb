import type { Scheduler, Server } from "../scheduler.ts";
import { checkWeight, checkWeights } from "../weight.ts";
import { isAvailable } from "./availability.ts";

/** Index of the server that was chosen last; -1 for the head of the list. */
export type RoundRobinState = number;

/**
 * Round robin: the next server after the last one that takes connections (ip_vs_rr_schedule,
 * net/netfilter/ipvs/ip_vs_rr.c). A new server enters at the head, so the position moves on with the server it stands on;
 * when that one goes, the one before it holds the place (ip_vs_rr_del_dest).
 */
export const rr: Scheduler<RoundRobinState> = {
  name: "rr",
  start(servers) {
    checkWeights(servers);
    return -1;
  },
  added(position, servers, index) {
    checkWeight(servers[index]!.weight);
    return position < 0 ? position : position + 1;
  },
  removed: (position, _servers, index) => (index > position ? position : position - 1),
  changed: (position) => position,
  choose(position, servers) {
    // An integer, which spares the engine the check that it has not become too large for one.
    let index = (position + 1) | 0;
    if (index === servers.length) {
      index = 0;
      if (servers.length === 0) return { state: position, index: -1, examined: 0 };
    }
    // One choice is made, in one place: the engine leaves its object out where nobody keeps it.
    let state = index;
    let examined = 1;
    const server = servers[index]!;
    if (server.overloaded || server.weight <= 0) {
      index = nextAvailable(servers, index);
      state = index < 0 ? position : index;
      examined = index < 0 ? servers.length : index > position ? index - position : index - position + servers.length;
    }
    return { state, index, examined };
  },
  remembers: () => false,
};

/** Once round the list from behind a position; -1 for none. */
function nextAvailable(servers: readonly Server[], position: number): number {
  const count = servers.length;
  let index = position;
  for (let step = 0; step < count; step++) {
    if (++index === count) index = 0;
    if (isAvailable(servers[index]!)) return index;
  }
  return -1;
}
