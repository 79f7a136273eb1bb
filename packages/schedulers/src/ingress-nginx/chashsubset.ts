import { drawBelow } from "../chance.ts";
import { endpointsOf } from "../endpoints.ts";
import type { Choice, Odds, Request, Scheduler, Server } from "../scheduler.ts";
import { arcs, buildRing, type HashRing, ownerOf } from "./hash-ring.ts";

export interface SubsetState {
  /** Over the names of the sets; owners are numbers of sets, from 0. */
  readonly ring: HashRing;
  /** For each set the indexes of its members in the list of servers. */
  readonly sets: readonly (readonly number[])[];
}

const name = "ingress-nginx/chashsubset";

/**
 * ingress-nginx's `upstream-hash-by-subset`: the list of endpoints is cut into sets of `size` in its order, the last one
 * filled up from the head of the list; the request's `key` names the set by consistent hashing over the names `set1`,
 * `set2` and so on, and chance the member (rootfs/etc/nginx/lua/balancer/chashsubset.lua). Draws once a request. Since a
 * set is named by its number, endpoints change sets when one before them leaves.
 *
 * @param size `upstream-hash-by-subset-size`: 3 where the annotation is not set or 0.
 * @throws RangeError for a size that is no positive whole number.
 */
export function chashSubset(size: number): Scheduler<SubsetState> {
  if (!Number.isSafeInteger(size) || size < 1) throw new RangeError(`a subset has at least 1 endpoint, not ${size}`);
  const cut = (servers: readonly Server[]): SubsetState => cutIntoSets(servers, size);
  return {
    name,
    start: cut,
    added: (_, servers) => cut(servers),
    removed: (_, servers) => cut(servers),
    changed: (_, servers) => cut(servers),
    choose,
    remembers: () => false,
    odds,
  };
}

/** `build_subset_map`: what fills up the last set may be the head of the list more than once. */
function cutIntoSets(servers: readonly Server[], size: number): SubsetState {
  const { positions } = endpointsOf(servers);
  const sets = Array.from({ length: Math.ceil(positions.length / size) }, (_, set) =>
    Array.from({ length: size }, (_, member) => positions[(set * size + member) % positions.length]!),
  );
  const names = sets.map((_, set) => `set${set + 1}`);
  return { ring: buildRing(names, [...sets.keys()]), sets };
}

function choose(state: SubsetState, _: readonly Server[], request: Request): Choice<SubsetState> {
  const set = state.sets[ownerOf(state.ring, request.keyBytes ?? request.key ?? "")];
  if (set === undefined) return { state, index: -1, examined: 0 };
  return { state, index: set[drawBelow(request, set.length, name)]!, examined: 1 };
}

/** Of each set its share of the ring, and each member of it alike. */
function odds({ ring, sets }: SubsetState, servers: readonly Server[]): Odds {
  const parts = servers.map(() => 0n);
  for (const [set, arc] of arcs(ring, sets.length).entries()) {
    for (const index of sets[set]!) parts[index]! += BigInt(arc);
  }
  return { parts, whole: 2n ** 32n * BigInt(sets[0]?.length ?? 1) };
}

/** With the controller's default of three endpoints a set. */
export const chashSubset3: Scheduler<SubsetState> = chashSubset(3);
