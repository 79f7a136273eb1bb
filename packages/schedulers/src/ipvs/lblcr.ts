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
import { indexOfServer } from "./server-index.ts";

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
  const least = leastLoadedOf(servers, known.serverIds);
  const kept = dropMostLoaded(known, servers, request);
  if (least.index >= 0 && !needsRelief(servers[least.index]!, servers)) {
    return { state: used(state, kept, nowMs), index: least.index, examined: least.members };
  }
  const index = leastLoaded(servers, connectionOverhead);
  const grown = index < 0 ? kept : withMember(kept, servers[index]!.id, nowMs);
  return { state: used(state, grown, nowMs), index, examined: least.members + servers.length };
}

/**
 * The least loaded member of a set, the one before in the set of equals, and how many members stand in the list: one that
 * has left it stays in the set, but cannot be chosen (ip_vs_dest_set_min). A large set is met in one walk over the list.
 */
function leastLoadedOf(
  servers: readonly Server[],
  serverIds: readonly number[],
): { readonly index: number; readonly members: number } {
  if (serverIds.length === 1) {
    const index = indexOfServer(servers, serverIds[0]!);
    const server = servers[index];
    if (server === undefined) return { index: -1, members: 0 };
    return { index: server.weight > 0 && !server.overloaded ? index : -1, members: 1 };
  }
  const members = indexesOf(servers, serverIds);
  const place = leastLoaded(
    members.map((index) => servers[index]!),
    connectionOverhead,
  );
  return { index: place < 0 ? -1 : members[place]!, members: members.length };
}

/** Where the members of a set stand in the list, in the set's order. */
function indexesOf(servers: readonly Server[], serverIds: readonly number[]): readonly number[] {
  const places = new Map(serverIds.map((id, place) => [id, place]));
  const indexes = new Array<number>(serverIds.length).fill(-1);
  for (let index = 0; index < servers.length; index++) {
    const place = places.get(servers[index]!.id);
    if (place !== undefined) indexes[place] = index;
  }
  return indexes.filter((index) => index >= 0);
}

/** The entry, used now; nothing new is made where that is what the table says already. */
function used(state: ReplicationState, entry: ReplicationEntry, lastUseMs: number): ReplicationState {
  if (entry.lastUseMs === lastUseMs && findEntry(state, entry.address) === entry) return state;
  return putEntry(state, { ...entry, lastUseMs });
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
