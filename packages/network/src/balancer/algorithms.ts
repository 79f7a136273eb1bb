import { fiveTuple } from "@kubenetsim/schedulers/cloud/five-tuple";
import { maglev } from "@kubenetsim/schedulers/cloud/maglev";
import { rr } from "@kubenetsim/schedulers/ipvs/rr";
import { numgenRandom } from "@kubenetsim/schedulers/netfilter/numgen";
import type { Scheduler } from "@kubenetsim/schedulers/scheduler";
import type { LoadBalancerAlgorithm } from "./load-balancer.ts";

/** What stands behind the name of an algorithm. */
export interface Algorithm {
  readonly scheduler: Scheduler<unknown>;
  /** The source port is part of what it hashes, or it draws: before a connection has one, each target is as likely as the others. */
  readonly isChance: boolean;
  /** Only addresses count, no ports: one client has one target. */
  readonly byAddress: boolean;
}

/**
 * - `five-tuple`: a hash of both addresses, both ports and the protocol, modulo the number of healthy targets.
 * - `maglev`: the same hash names a place in a Maglev table.
 * - `source-address`: the hash without ports: session affinity by client address.
 * - `round-robin`: one after the other.
 * - `random`: a draw for each connection.
 */
export const algorithms: Readonly<Record<LoadBalancerAlgorithm, Algorithm>> = {
  "five-tuple": { scheduler: fiveTuple, isChance: true, byAddress: false },
  maglev: { scheduler: maglev as Scheduler<unknown>, isChance: true, byAddress: false },
  "source-address": { scheduler: fiveTuple, isChance: false, byAddress: true },
  "round-robin": { scheduler: rr as Scheduler<unknown>, isChance: false, byAddress: false },
  random: { scheduler: numgenRandom as Scheduler<unknown>, isChance: true, byAddress: false },
};

export const algorithmNames = Object.keys(algorithms) as readonly LoadBalancerAlgorithm[];
