import type { IpAddress } from "@kubenetsim/core/net/address";
import { addressWords } from "@kubenetsim/core/net/address";
import type { Origin } from "@kubenetsim/core/trace/origin";
import type { NftValue, NftVerdict } from "@kubenetsim/netfilter/ruleset/nft-expression";
import type { Endpoint } from "../snapshot/endpoint.ts";
import { isExternallyAccessible, type ServicePort } from "../snapshot/service-port.ts";
import type { ServicePortState } from "../snapshot/service-state.ts";
import { type CategorizedEndpoints, categorizeEndpoints } from "../snapshot/topology.ts";
import type { NftablesContext } from "./nftables-context.ts";
import { type NftChainNames, type NftEndpointNames, nftChainNames, nftEndpointNames } from "./object-names.ts";
import { dropVerdict, gotoChain, protocolValue, wordsValue } from "./statements.ts";

/** What is decided about a Service port before its chains and elements are written. */
export interface NftPortPlan {
  readonly port: ServicePort;
  readonly endpoints: CategorizedEndpoints;
  readonly names: NftChainNames;
  readonly protocol: NftValue;
  /** Traffic to the cluster IP has somewhere to go; so has traffic from outside. */
  readonly hasInternal: boolean;
  readonly hasExternal: boolean;
  readonly usesExternalChain: boolean;
  readonly usesFirewallChain: boolean;
  readonly usesClusterChain: boolean;
  readonly usesLocalChain: boolean;
  readonly internalChain: string;
  /** For traffic that has nowhere to go: to the chain that rejects, or drop. */
  readonly refusal: NftVerdict;
  /** Of the endpoints that session affinity may pick; undefined without affinity. */
  readonly affinityNames: ReadonlyMap<Endpoint, NftEndpointNames> | undefined;
  readonly origin: (reason: string) => Origin;
}

const toReject = gotoChain("reject-chain");

/** The decisions of syncProxyRules on one Service port (pkg/proxy/nftables/proxier.go). */
export function planNftPort({ port, endpoints: all }: ServicePortState, context: NftablesContext): NftPortPlan {
  const endpoints = categorizeEndpoints(all, port, context.nodeName, context.zone);
  const { any, cluster, local, reachable } = endpoints;
  const names = nftChainNames(port);
  return {
    port,
    endpoints,
    names,
    protocol: protocolValue(port.protocol),
    hasInternal: any && !(port.internalPolicyLocal && local.length === 0),
    hasExternal: any && !(port.externalPolicyLocal && local.length === 0),
    usesExternalChain: any && isExternallyAccessible(port),
    // Unlike iptables mode, endpoints or not.
    usesFirewallChain: port.loadBalancerVIPs.length > 0 && port.sourceRanges.length > 0,
    usesClusterChain: cluster.length > 0,
    usesLocalChain: local.length > 0,
    internalChain: port.internalPolicyLocal ? names.local : names.cluster,
    refusal: any ? dropVerdict : toReject,
    affinityNames:
      port.affinitySeconds === undefined
        ? undefined
        : new Map(reachable.map((endpoint) => [endpoint, nftEndpointNames(port, endpoint)])),
    origin: (reason) => ({ object: `Service ${port.service}`, servicePort: port.name, reason }),
  };
}

/** The key of a Service port at one of its addresses. */
export function serviceKey(plan: NftPortPlan, address: IpAddress): readonly NftValue[] {
  return [wordsValue(addressWords(address)), plan.protocol, { kind: "number", number: plan.port.port }];
}

/** The key of a Service port's node port. */
export function nodePortKey(plan: NftPortPlan): readonly NftValue[] {
  return [plan.protocol, { kind: "number", number: plan.port.nodePort }];
}
