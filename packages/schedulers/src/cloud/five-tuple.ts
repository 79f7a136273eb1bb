import { type Endpoints, endpointsOf } from "../endpoints.ts";
import type { Odds, Scheduler, Server } from "../scheduler.ts";
import { flowHash } from "./flow-hash.ts";

/** Indexes, in the list of servers, of those that take flows. */
export type FiveTupleState = Endpoints["positions"];

/**
 * A model of a cloud load balancer that hashes flows: the five-tuple's hash, modulo the number of targets (RFC 2992,
 * section 1, modulo-N). Every connection of a client may reach another target, since its source port differs; packets of
 * one flow stay together only as long as the list of targets does, or where the balancer remembers flows, which is not
 * modelled.
 *
 * Known of products, by their documentation: Azure Load Balancer distributes by a five-tuple hash unless session
 * persistence is set; Google Cloud's passthrough balancers do so without session affinity; AWS Network Load Balancer takes
 * the TCP sequence number as well, which a request here does not have. That documentation gives neither the
 * hash function nor how a hash names a target: CRC-32 and the modulus are this model's choice. All targets weigh the same.
 */
export const fiveTuple: Scheduler<FiveTupleState> = {
  name: "cloud/five-tuple",
  start: takers,
  added: (_, servers) => takers(servers),
  removed: (_, servers) => takers(servers),
  changed: (_, servers) => takers(servers),
  choose(state, _, request) {
    if (state.length === 0) return { state, index: -1, examined: 0 };
    return { state, index: state[flowHash(request) % state.length]!, examined: 1 };
  },
  remembers: () => false,
  odds,
};

function takers(servers: readonly Server[]): FiveTupleState {
  return endpointsOf(servers).positions;
}

/** Of the 2^32 hashes the first few remainders have one more. */
function odds(state: FiveTupleState, servers: readonly Server[]): Odds {
  const whole = 2 ** 32;
  const parts = servers.map(() => 0n);
  for (const [remainder, index] of state.entries())
    parts[index] = BigInt(Math.ceil((whole - remainder) / state.length));
  return { parts, whole: BigInt(whole) };
}
