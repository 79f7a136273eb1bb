import type { Origin } from "@kubenetsim/core/trace/origin";
import type { CommentMatch } from "@kubenetsim/netfilter/ruleset/match";
import type { ProtocolCondition } from "@kubenetsim/netfilter/ruleset/rule";
import type { Target } from "@kubenetsim/netfilter/ruleset/target";
import type { ServicePort } from "../snapshot/service-port.ts";
import { isExternallyAccessible } from "../snapshot/service-port.ts";
import type { ServicePortState } from "../snapshot/service-state.ts";
import { type CategorizedEndpoints, categorizeEndpoints } from "../snapshot/topology.ts";
import { type ServiceChainNames, serviceChainNames } from "./chain-names.ts";
import type { IptablesContext } from "./iptables-context.ts";
import { comment, drop, protocolCondition, reject } from "./rule-parts.ts";

/** What is decided about a Service port before its rules are written. */
export interface PortPlan {
  readonly port: ServicePort;
  readonly endpoints: CategorizedEndpoints;
  readonly names: ServiceChainNames;
  readonly protocol: ProtocolCondition;
  /** `-m comment --comment ns/name:port`. */
  readonly nameComment: CommentMatch;
  /** Traffic to the cluster IP has somewhere to go; so has traffic from outside. */
  readonly hasInternal: boolean;
  readonly hasExternal: boolean;
  readonly usesExternalChain: boolean;
  readonly usesFirewallChain: boolean;
  readonly usesClusterChain: boolean;
  readonly usesLocalChain: boolean;
  readonly internalChain: string;
  /** For traffic that has nowhere to go. */
  readonly refusal: { readonly comment: CommentMatch; readonly target: Target };
  readonly origin: (reason: string) => Origin;
}

/** The decisions of syncProxyRules on one Service port (pkg/proxy/iptables/proxier.go). */
export function planPort({ port, endpoints: all }: ServicePortState, context: IptablesContext): PortPlan {
  const endpoints = categorizeEndpoints(all, port, context.nodeName, context.zone);
  const { any, cluster, local } = endpoints;
  const names = serviceChainNames(port);
  const external = isExternallyAccessible(port);
  return {
    port,
    endpoints,
    names,
    protocol: protocolCondition(port.protocol),
    nameComment: comment(port.name),
    hasInternal: any && !(port.internalPolicyLocal && local.length === 0),
    hasExternal: any && !(port.externalPolicyLocal && local.length === 0),
    usesExternalChain: any && external,
    usesFirewallChain: any && port.loadBalancerVIPs.length > 0 && port.sourceRanges.length > 0,
    usesClusterChain: cluster.length > 0,
    usesLocalChain: local.length > 0,
    internalChain: port.internalPolicyLocal ? names.local : names.cluster,
    refusal: any
      ? { comment: comment(`${port.name} has no local endpoints`), target: drop }
      : { comment: comment(`${port.name} has no endpoints`), target: reject(context.family) },
    origin: (reason) => ({ object: `Service ${port.service}`, servicePort: port.name, reason }),
  };
}
