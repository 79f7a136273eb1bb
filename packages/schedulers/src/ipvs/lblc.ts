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
  remakeEntry,
} from "./destination-cache.ts";
import { leastLoaded } from "./least-load.ts";
import { reliefOf } from "./relief.ts";
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
  if (known === undefined) return chooseAnew(state, servers, request, 0);
  const used = known.lastUseMs === nowMs ? state : putEntry(state, { ...known, lastUseMs: nowMs });
  const index = indexOfServer(servers, known.serverId);
  const server = servers[index];
  if (server === undefined || server.weight <= 0) return chooseAnew(used, servers, request, 1);
  const relief = reliefOf(server, servers);
  const examined = 1 + relief.examined;
  return relief.needed ? chooseAnew(used, servers, request, examined) : { state: used, index, examined };
}

/** By wlc; the address keeps the server that it has if that is the same, or nobody. */
function chooseAnew(
  state: LocalityState,
  servers: readonly Server[],
  { destinationAddress, nowMs }: Request,
  before: number,
): Choice<LocalityState> {
  const index = leastLoaded(servers, connectionOverhead);
  const examined = before + servers.length;
  const known = findEntry(state, destinationAddress);
  const chosen = servers[index];
  if (chosen === undefined || known?.serverId === chosen.id) return { state, index, examined };
  const entry = { address: [...destinationAddress], lastUseMs: nowMs, serverId: chosen.id };
  return { state: known === undefined ? putEntry(state, entry) : remakeEntry(state, entry), index, examined };
}
