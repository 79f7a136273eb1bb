import type { Choice, Request, Scheduler, Server } from "../scheduler.ts";
import { connectionOverhead } from "./availability.ts";
import {
  type CacheEntry,
  catchUp,
  type DestinationCache,
  emptyCache,
  everyEntry,
  findEntry,
  putEntry,
} from "./destination-cache.ts";
import { leastLoaded } from "./least-load.ts";
import { needsRelief } from "./relief.ts";
import { indexOfServer } from "./server-index.ts";

export interface LocalityEntry extends CacheEntry {
  readonly serverId: number;
}
export type LocalityState = DestinationCache<LocalityEntry>;

/**
 * Locality-based least connection: a destination address stays with its server until that one is gone, quiesced or
 * overburdened; then wlc chooses anew (ip_vs_lblc_schedule, net/netfilter/ipvs/ip_vs_lblc.c). Thresholds count only where
 * wlc chooses.
 */
export const lblc: Scheduler<LocalityState> = {
  name: "lblc",
  start: (_servers, nowMs) => emptyCache(nowMs),
  added: (state) => state,
  removed: (state) => state,
  changed: (state) => state,
  choose,
  remembers: (state, id) => everyEntry(state).some((entry) => entry.serverId === id),
  elapsed: catchUp,
};

function choose(before: LocalityState, servers: readonly Server[], request: Request): Choice<LocalityState> {
  const { destinationAddress, nowMs } = request;
  const state = catchUp(before, nowMs, request.expirationMs);
  const known = findEntry(state, destinationAddress);
  let examined = 0;
  if (known !== undefined) {
    examined = 1;
    const index = indexOfServer(servers, known.serverId);
    const server = servers[index];
    if (server !== undefined && server.weight > 0 && !needsRelief(server, servers)) {
      return { state: used(state, known, known.serverId, nowMs), index, examined };
    }
  }
  const index = leastLoaded(servers, connectionOverhead);
  examined += servers.length;
  const serverId = index < 0 ? known?.serverId : servers[index]!.id;
  if (serverId === undefined) return { state, index, examined };
  const entry = known ?? { address: [...destinationAddress], lastUseMs: Number.NaN, serverId };
  return { state: used(state, entry, serverId, nowMs), index, examined };
}

/** The entry with what was found now; nothing new is made where that is what it says already. */
function used(state: LocalityState, entry: LocalityEntry, serverId: number, lastUseMs: number): LocalityState {
  if (entry.serverId === serverId && entry.lastUseMs === lastUseMs) return state;
  return putEntry(state, { address: entry.address, lastUseMs, serverId });
}
