import type { Choice, Request, Scheduler, Server } from "../scheduler.ts";
import { connectionOverhead } from "./availability.ts";
import {
  type CacheEntry,
  catchUp,
  type DestinationCache,
  defaultExpirationMs,
  emptyCache,
  everyEntry,
  findEntry,
  putEntry,
} from "./destination-cache.ts";
import { isLargerProduct, leastLoaded } from "./least-load.ts";
import { needsRelief } from "./relief.ts";

export interface ReplicationEntry extends CacheEntry {
  /** The servers that answer for the address, the newest first. */
  readonly serverIds: readonly number[];
  readonly lastChangeMs: number;
}
export type ReplicationState = DestinationCache<ReplicationEntry>;

/**
 * Locality-based least connection with replication: a destination address has a set of servers, of which the least
 * loaded takes the connection; an overburdened one gets company, and a set that has not changed for a day loses its most
 * loaded (ip_vs_lblcr_schedule, net/netfilter/ipvs/ip_vs_lblcr.c).
 */
export const lblcr: Scheduler<ReplicationState> = {
  name: "lblcr",
  start: (_servers, nowMs) => emptyCache(nowMs),
  added: (state) => state,
  removed: (state) => state,
  changed: (state) => state,
  choose,
  remembers: (state, id) => everyEntry(state).some((entry) => entry.serverIds.includes(id)),
  elapsed: catchUp,
};

function choose(before: ReplicationState, servers: readonly Server[], request: Request): Choice<ReplicationState> {
  const { nowMs } = request;
  const state = catchUp(before, nowMs, request.expirationMs);
  const known = findEntry(state, request.destinationAddress);
  if (known === undefined) {
    const index = leastLoaded(servers, connectionOverhead);
    if (index < 0) return { state, index, examined: servers.length };
    const serverIds = [servers[index]!.id];
    const entry = { address: [...request.destinationAddress], lastUseMs: nowMs, serverIds, lastChangeMs: nowMs };
    return { state: putEntry(state, entry), index, examined: servers.length };
  }
  // A server that has left the list stays in the set, but cannot be chosen.
  const members = known.serverIds.flatMap((id) => servers.filter((server) => server.id === id));
  const least = members[leastLoaded(members, connectionOverhead)];
  const entry = { ...dropMostLoaded(known, servers, request), lastUseMs: nowMs };
  if (least !== undefined && !needsRelief(least, servers)) {
    return { state: putEntry(state, entry), index: servers.indexOf(least), examined: members.length };
  }
  const index = leastLoaded(servers, connectionOverhead);
  const grown = index < 0 ? entry : withMember(entry, servers[index]!.id, nowMs);
  return { state: putEntry(state, grown), index, examined: members.length + servers.length };
}

function withMember(entry: ReplicationEntry, id: number, nowMs: number): ReplicationEntry {
  if (entry.serverIds.includes(id)) return entry;
  return { ...entry, serverIds: [id, ...entry.serverIds], lastChangeMs: nowMs };
}

/** ip_vs_dest_set_max and ip_vs_dest_set_erase. */
function dropMostLoaded(entry: ReplicationEntry, servers: readonly Server[], request: Request): ReplicationEntry {
  const { nowMs, expirationMs = defaultExpirationMs } = request;
  if (entry.serverIds.length < 2 || nowMs <= entry.lastChangeMs + expirationMs) return entry;
  let most: Server | undefined;
  for (const id of entry.serverIds) {
    const server = servers.find((other) => other.id === id);
    if (server === undefined || server.weight <= 0) continue;
    const heavier =
      most === undefined ||
      isLargerProduct(connectionOverhead(server), most.weight, connectionOverhead(most), server.weight);
    if (heavier) most = server;
  }
  if (most === undefined) return entry;
  const gone = most.id;
  return { ...entry, serverIds: entry.serverIds.filter((id) => id !== gone), lastChangeMs: nowMs };
}
