import type { Choice, Request, Scheduler, Server } from "../scheduler.ts";
import { connectionOverhead } from "./availability.ts";
import {
  type CacheEntry,
  catchUp,
  type DestinationCache,
  emptyCache,
  everyEntry,
  expirationMs,
  findEntry,
  putEntry,
} from "./destination-cache.ts";
import { leastLoaded } from "./least-load.ts";
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
 * loaded (net/netfilter/ipvs/ip_vs_lblcr.c).
 */
export const lblcr: Scheduler<ReplicationState> = {
  name: "lblcr",
  start: (_servers, nowMs) => emptyCache(nowMs),
  added: (state) => state,
  removed: (state) => state,
  changed: (state) => state,
  choose,
  remembers: (state, id) => everyEntry(state).some((entry) => entry.serverIds.includes(id)),
};

function choose(before: ReplicationState, servers: readonly Server[], request: Request): Choice<ReplicationState> {
  const { nowMs } = request;
  const state = catchUp(before, nowMs);
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
  const entry = { ...dropMostLoaded(known, servers, nowMs), lastUseMs: nowMs };
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

function dropMostLoaded(entry: ReplicationEntry, servers: readonly Server[], nowMs: number): ReplicationEntry {
  if (entry.serverIds.length < 2 || nowMs <= entry.lastChangeMs + expirationMs) return entry;
  let most: Server | undefined;
  for (const id of entry.serverIds) {
    const server = servers.find((other) => other.id === id);
    if (server === undefined || server.weight <= 0) continue;
    const heavier =
      most === undefined || connectionOverhead(most) * server.weight < connectionOverhead(server) * most.weight;
    if (heavier) most = server;
  }
  if (most === undefined) return entry;
  const gone = most.id;
  return { ...entry, serverIds: entry.serverIds.filter((id) => id !== gone), lastChangeMs: nowMs };
}
