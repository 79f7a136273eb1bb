import type { Random } from "@kubenetsim/core/runtime/random";
import type { OutsideClient } from "@kubenetsim/network/topology/input";
import type { BalancerPool } from "../cloud/balancer-pool.ts";
import type { OutsideFiles } from "../dns/outside-files.ts";

/** Where a cluster's connections stand. */
export interface ConnectionsBefore {
  readonly count: number;
  readonly draws: Random;
  readonly pool: BalancerPool;
  readonly clients: readonly OutsideClient[] | undefined;
  readonly outsideFiles: OutsideFiles;
}
