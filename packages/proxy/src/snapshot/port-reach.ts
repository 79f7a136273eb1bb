import type { Origin } from "@kubenetsim/core/trace/origin";
import type { NodeContext } from "./node-context.ts";
import { isExternallyAccessible, originOf, type ServicePort } from "./service-port.ts";
import type { ServicePortState } from "./service-state.ts";
import { type CategorizedEndpoints, categorizeEndpoints } from "./topology.ts";

/**
 * Who reaches a Service port on this node, and over which of its chains: what syncProxyRules decides first, in iptables and
 * nftables mode alike (pkg/proxy/iptables/proxier.go and pkg/proxy/nftables/proxier.go).
 */
export class PortReach {
  readonly port: ServicePort;
  readonly endpoints: CategorizedEndpoints;
  /** Traffic to the cluster IP has somewhere to go; so has traffic from outside. */
  readonly hasInternal: boolean;
  readonly hasExternal: boolean;
  readonly usesExternalChain: boolean;
  readonly usesClusterChain: boolean;
  readonly usesLocalChain: boolean;

  constructor({ port, endpoints }: ServicePortState, { nodeName, zone }: NodeContext) {
    this.port = port;
    this.endpoints = categorizeEndpoints(endpoints, port, nodeName, zone);
    const { any, cluster, local } = this.endpoints;
    this.hasInternal = any && !(port.internalPolicyLocal && local.length === 0);
    this.hasExternal = any && !(port.externalPolicyLocal && local.length === 0);
    this.usesExternalChain = any && isExternallyAccessible(port);
    this.usesClusterChain = cluster.length > 0;
    this.usesLocalChain = local.length > 0;
  }

  origin(reason: string): Origin {
    return originOf(this.port, reason);
  }
}
