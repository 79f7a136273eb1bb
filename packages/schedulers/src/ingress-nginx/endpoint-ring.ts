import { sortedEndpoints } from "../endpoints.ts";
import type { Odds, Server } from "../scheduler.ts";
import { arcs, buildRing, type HashRing } from "./hash-ring.ts";

/** A hash ring over a backend's endpoints, `resty.chash` over the nodes of util.lua's `get_nodes`: owners are indexes of servers. */
export function endpointRing(servers: readonly Server[]): HashRing {
  const { names, positions } = sortedEndpoints(servers);
  return buildRing(names, positions);
}

/** Every hash is as likely as any other: each server has as many as lead to it. */
export function ringOdds(ring: HashRing, servers: readonly Server[]): Odds {
  return { parts: arcs(ring, servers.length).map(BigInt), whole: 2n ** 32n };
}
