import type { Node } from "@kubenetsim/core/model/node";
import type { LoadBalancerTarget } from "@kubenetsim/network/balancer/load-balancer";
import { nodeAddresses } from "@kubenetsim/network/topology/fabric";

/** A Node as a load balancer's target: with its first InternalIP of each family. */
export function targetOf(node: Node): LoadBalancerTarget {
  const addresses = nodeAddresses(node);
  const firstOf = (length: number) => addresses.find((words) => words.length === length);
  return {
    name: node.metadata.name,
    addresses: [firstOf(1), firstOf(4)].filter((words) => words !== undefined),
  };
}
