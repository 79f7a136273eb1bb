import { drawBelow } from "../chance.ts";
import { endpointsOf } from "../endpoints.ts";
import type { Request, Scheduler, Server } from "../scheduler.ts";
import { buildRing, type HashRing, ownerOf } from "./hash-ring.ts";

export interface SubsetRing extends HashRing {
  /** Indexes of the endpoints in the list of servers, in its order; the sets are cut from these. */
  readonly positions: readonly number[];
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
export function chashSubset(size: number): Scheduler<SubsetRing> {
  if (!Number.isSafeInteger(size) || size < 1) throw new RangeError(`a subset has at least 1 endpoint, not ${size}`);
  const cut = (servers: readonly Server[]): SubsetRing => {
    const { positions } = endpointsOf(servers);
    const names = Array.from({ length: Math.ceil(positions.length / size) }, (_, at) => `set${at + 1}`);
    return { ...buildRing(names), positions };
  };
  return {
    name,
    start: cut,
    added: (_, servers) => cut(servers),
    removed: (_, servers) => cut(servers),
    changed: (_, servers) => cut(servers),
    choose(state, _, request) {
      const set = ownerOf(state, request.key ?? "");
      if (set < 0) return { state, index: -1, examined: 0 };
      return { state, index: member(state, set, request), examined: 1 };
    },
    remembers: () => false,
  };

  function member({ positions }: SubsetRing, set: number, request: Request): number {
    return positions[(set * size + drawBelow(request, size, name)) % positions.length]!;
  }
}

/** With the controller's default of three endpoints a set. */
export const chashSubset3: Scheduler<SubsetRing> = chashSubset(3);
