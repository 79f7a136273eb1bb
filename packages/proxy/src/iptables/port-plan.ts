import type { CommentMatch } from "@kubenetsim/netfilter/ruleset/match";
import type { ProtocolCondition } from "@kubenetsim/netfilter/ruleset/rule";
import type { Target } from "@kubenetsim/netfilter/ruleset/target";
import { PortReach } from "../snapshot/port-reach.ts";
import type { ServicePortState } from "../snapshot/service-state.ts";
import { type ServiceChainNames, serviceChainNames } from "./chain-names.ts";
import type { IptablesContext } from "./iptables-context.ts";
import { comment, drop, protocolCondition, reject } from "./rule-parts.ts";

/** What is decided about a Service port before its rules are written. */
export class PortPlan extends PortReach {
  readonly names: ServiceChainNames;
  readonly protocol: ProtocolCondition;
  /** `-m comment --comment ns/name:port`. */
  readonly nameComment: CommentMatch;
  readonly usesFirewallChain: boolean;
  readonly internalChain: string;
  /** For traffic that has nowhere to go. */
  readonly refusal: { readonly comment: CommentMatch; readonly target: Target };

  constructor(state: ServicePortState, context: IptablesContext) {
    super(state, context);
    const { port, endpoints } = this;
    this.names = serviceChainNames(port);
    this.protocol = protocolCondition(port.protocol);
    this.nameComment = comment(port.name);
    this.usesFirewallChain = endpoints.any && port.loadBalancerVIPs.length > 0 && port.sourceRanges.length > 0;
    this.internalChain = port.internalPolicyLocal ? this.names.local : this.names.cluster;
    this.refusal = endpoints.any
      ? { comment: comment(`${port.name} has no local endpoints`), target: drop }
      : { comment: comment(`${port.name} has no endpoints`), target: reject(context.family) };
  }
}
