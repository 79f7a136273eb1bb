import { sortedEndpoints } from "../endpoints.ts";
import type { Server } from "../scheduler.ts";
import { buildRing, type HashRing, ownerOf } from "./hash-ring.ts";

/** A hash ring over a backend's endpoints: `resty.chash` over the nodes of util.lua's `get_nodes`. */
export interface EndpointRing extends HashRing {
  /** Where each owner stands in the list of servers. */
  readonly positions: readonly number[];
}

export function endpointRing(servers: readonly Server[]): EndpointRing {
  const { names, positions } = sortedEndpoints(servers);
  return { ...buildRing(names), positions };
}

/** The index of the server that a key belongs to; -1 where there is none. */
export function serverOf(ring: EndpointRing, key: string): number {
  const owner = ownerOf(ring, key);
  return owner < 0 ? -1 : ring.positions[owner]!;
}
