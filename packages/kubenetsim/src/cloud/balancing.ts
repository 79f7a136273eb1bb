import type { LoadBalancerAlgorithm, LoadBalancerMode } from "@kubenetsim/network/balancer/load-balancer";
import type { BalancerPool } from "./balancer-pool.ts";
import type { DeclaredBalancers } from "./declared-balancers.ts";
import type { LoadBalancerSettings } from "./load-balancers.ts";

/** What a cluster's options say of load balancers. */
export interface BalancingOptions {
  readonly loadBalancerMode?: LoadBalancerMode;
  readonly loadBalancerAlgorithm?: LoadBalancerAlgorithm;
  readonly loadBalancers?: DeclaredBalancers;
  readonly entryNode?: string;
}

/** How load balancers choose and hand on. */
export function balancing(pool: BalancerPool, options: BalancingOptions = {}): LoadBalancerSettings {
  const { loadBalancerMode = "vip", loadBalancerAlgorithm = "five-tuple", loadBalancers = [], entryNode } = options;
  return {
    pool,
    proxyMode: loadBalancerMode === "vip" ? "proxy" : loadBalancerMode,
    algorithm: loadBalancerAlgorithm,
    declared: loadBalancers,
    entryNode,
  };
}
