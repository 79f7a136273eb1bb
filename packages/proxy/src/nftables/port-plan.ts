import type { IpAddress } from "@kubenetsim/core/net/address";
import { addressWords } from "@kubenetsim/core/net/address";
import type { NftValue, NftVerdict } from "@kubenetsim/netfilter/ruleset/nft-expression";
import type { Endpoint } from "../snapshot/endpoint.ts";
import { PortReach } from "../snapshot/port-reach.ts";
import type { ServicePortState } from "../snapshot/service-state.ts";
import type { NftablesContext } from "./nftables-context.ts";
import { type NftChainNames, type NftEndpointNames, nftChainNames, nftEndpointNames } from "./object-names.ts";
import { dropVerdict, gotoChain, protocolValue, wordsValue } from "./statements.ts";

const toReject = gotoChain("reject-chain");

/** What is decided about a Service port before its chains and elements are written. */
export class NftPortPlan extends PortReach {
  readonly names: NftChainNames;
  readonly protocol: NftValue;
  readonly usesFirewallChain: boolean;
  readonly internalChain: string;
  /** For traffic that has nowhere to go: to the chain that rejects, or drop. */
  readonly refusal: NftVerdict;
  /** Of the endpoints that session affinity may pick; undefined without affinity. */
  readonly affinityNames: ReadonlyMap<Endpoint, NftEndpointNames> | undefined;

  constructor(state: ServicePortState, context: NftablesContext) {
    super(state, context);
    const { port, endpoints } = this;
    this.names = nftChainNames(port);
    this.protocol = protocolValue(port.protocol);
    // Unlike iptables mode, endpoints or not.
    this.usesFirewallChain = port.loadBalancerVIPs.length > 0 && port.sourceRanges.length > 0;
    this.internalChain = port.internalPolicyLocal ? this.names.local : this.names.cluster;
    this.refusal = endpoints.any ? dropVerdict : toReject;
    this.affinityNames =
      port.affinitySeconds === undefined
        ? undefined
        : new Map(endpoints.reachable.map((endpoint) => [endpoint, nftEndpointNames(port, endpoint)]));
  }
}

/** The key of a Service port at one of its addresses. */
export function serviceKey(plan: NftPortPlan, address: IpAddress): readonly NftValue[] {
  return [wordsValue(addressWords(address)), plan.protocol, { kind: "number", number: plan.port.port }];
}

/** The key of a Service port's node port. */
export function nodePortKey(plan: NftPortPlan): readonly NftValue[] {
  return [plan.protocol, { kind: "number", number: plan.port.nodePort }];
}
