import type { Choice, Request, Scheduler, Server } from "../scheduler.ts";
import { connectionOverhead, isAvailable } from "./availability.ts";
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
import { reliefOf } from "./relief.ts";
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

function choose(
  before: ReplicationState,
  servers: readonly Server[],
  request: Request,
  removed: Iterable<Server> = [],
): Choice<ReplicationState> {
  const { destinationAddress, nowMs } = request;
  const state = catchUp(before, nowMs, request.expirationMs);
  const known = findEntry(state, destinationAddress);
  if (known === undefined) {
    const index = leastLoaded(servers, connectionOverhead);
    if (index < 0) return { state, index, examined: servers.length };
    const serverIds = [servers[index]!.id];
    const entry = { address: [...destinationAddress], lastUseMs: nowMs, serverIds, lastChangeMs: nowMs };
    return { state: putEntry(state, entry), index, examined: servers.length };
  }
  const least = leastLoadedOf(servers, known.serverIds);
  const shrinks = isToShrink(known, request);
  const kept = shrinks ? withoutMostLoaded(known, servers, removed, nowMs) : known;
  const relief = least < 0 ? undefined : reliefOf(servers[least]!, servers);
  const examined = known.serverIds.length * (shrinks ? 2 : 1) + (relief?.examined ?? 0);
  if (relief?.needed === false) return { state: used(state, kept, nowMs), index: least, examined };
  const index = leastLoaded(servers, connectionOverhead);
  const grown = index < 0 ? kept : withMember(kept, servers[index]!.id, nowMs);
  return { state: used(state, grown, nowMs), index, examined: examined + servers.length };
}

/**
 * Where the least loaded member of a set stands, the one before in the set of equals; -1 for none. One that has left the list
 * stays in the set, but cannot be chosen (ip_vs_dest_set_min).
 */
function leastLoadedOf(servers: readonly Server[], serverIds: readonly number[]): number {
  if (serverIds.length === 1) {
    const index = indexOfServer(servers, serverIds[0]!);
    const server = servers[index];
    return server !== undefined && isAvailable(server) ? index : -1;
  }
  const members = indexesOf(servers, serverIds);
  const place = leastLoaded(
    members.map((index) => servers[index]!),
    connectionOverhead,
  );
  return place < 0 ? -1 : members[place]!;
}

/** Where the members of a set stand in the list, in the set's order; of a large set in one walk over the list. */
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

function isToShrink(entry: ReplicationEntry, { nowMs, expirationMs = defaultExpirationMs }: Request): boolean {
  return entry.serverIds.length > 1 && nowMs > entry.lastChangeMs + expirationMs;
}

/**
 * ip_vs_dest_set_max and ip_vs_dest_set_erase: the member with the most load per weight, the first of equals, goes. Unlike
 * the one to be chosen it may have left the list.
 */
function withoutMostLoaded(
  entry: ReplicationEntry,
  servers: readonly Server[],
  removed: Iterable<Server>,
  nowMs: number,
): ReplicationEntry {
  let most: Server | undefined;
  for (const server of membersOf(entry, servers, removed)) {
    if (server.weight <= 0) continue;
    const heavier =
      most === undefined ||
      isLargerProduct(connectionOverhead(server), most.weight, connectionOverhead(most), server.weight);
    if (heavier) most = server;
  }
  if (most === undefined) return entry;
  const gone = most.id;
  return { ...entry, serverIds: entry.serverIds.filter((id) => id !== gone), lastChangeMs: nowMs };
}

/** All of a set that anybody knows, in the set's order. */
function membersOf(
  { serverIds }: ReplicationEntry,
  servers: readonly Server[],
  removed: Iterable<Server>,
): readonly Server[] {
  const members = new Map<number, Server | undefined>(serverIds.map((id) => [id, undefined]));
  for (const list of [servers, removed]) {
    for (const server of list) if (members.has(server.id)) members.set(server.id, server);
  }
  return [...members.values()].filter((server) => server !== undefined);
}
