import { addressWords } from "@kubenetsim/core/net/address";
import { cidrContains } from "@kubenetsim/core/net/cidr";
import { type Rule, rule } from "@kubenetsim/netfilter/ruleset/rule";
import { localCondition } from "../config/local-detector.ts";
import type { EndpointChains } from "./endpoint-chains.ts";
import type { IptablesContext } from "./iptables-context.ts";
import { chain } from "./masquerade-rules.ts";
import type { PortPlan } from "./port-plan.ts";
import { comment, host, jump, jumpToMarkMasq, sourceIsLocal, toPort } from "./rule-parts.ts";
import type { BlockDraft } from "./service-block.ts";

/** The chains of a Service port in the nat table: external, firewall, and the endpoints of each traffic policy. */
export function writeServiceChains(
  draft: BlockDraft,
  plan: PortPlan,
  context: IptablesContext,
  endpointChains: EndpointChains,
): void {
  const { names, endpoints } = plan;
  if (plan.usesExternalChain) draft.chains.push(chain(names.external, externalRules(plan, context)));
  if (plan.usesFirewallChain) draft.chains.push(chain(names.firewall, firewallRules(plan, context)));

  const masquerade = plan.hasInternal ? clusterIPMasquerade(plan, context) : [];
  const headOf = (name: string): Rule[] => (name === plan.internalChain ? masquerade : []);
  if (plan.usesClusterChain) {
    const rules = [...headOf(names.cluster), ...endpointChains.spread(endpoints.cluster)];
    draft.chains.push(chain(names.cluster, rules));
  }
  if (plan.usesLocalChain) {
    draft.chains.push(chain(names.local, [...headOf(names.local), ...endpointChains.spread(endpoints.local)]));
  }
}

/** Traffic to the cluster IP is masqueraded when it comes from outside of the pods' network, or always. */
function clusterIPMasquerade(plan: PortPlan, context: IptablesContext): Rule[] {
  const { port } = plan;
  if (!context.masqueradeAll && context.detector === undefined) return [];
  const from = context.masqueradeAll ? {} : localCondition(context.detector!, true);
  return [
    rule({
      ...from,
      destination: host(addressWords(port.clusterIP)),
      protocol: plan.protocol,
      matches: [comment(`${port.name} cluster IP`), toPort(port.protocol, port.port)],
      target: jumpToMarkMasq,
      origin: plan.origin(context.masqueradeAll ? "masquerade all" : "masquerade traffic from outside the pod network"),
    }),
  ];
}

/**
 * With externalTrafficPolicy Local the client's address is kept, so only traffic that is sure to come back here, from this
 * node and its pods, may go to all endpoints.
 */
function externalRules(plan: PortPlan, { detector }: IptablesContext): Rule[] {
  const { port, names } = plan;
  const rules: Rule[] = [];
  const add = (reason: string, parts: Partial<Rule>): void => {
    const about = comment(`${reason} traffic for ${port.name} external destinations`);
    rules.push(
      rule({ ...parts, matches: [about, ...(parts.matches ?? [])], origin: plan.origin(`${reason} traffic`) }),
    );
  };
  if (!port.externalPolicyLocal) {
    add("masquerade", { target: jumpToMarkMasq });
  } else {
    const toCluster = jump(names.cluster);
    if (detector !== undefined) add("pod", { ...localCondition(detector, false), target: toCluster });
    add("masquerade LOCAL", { matches: [sourceIsLocal], target: jumpToMarkMasq });
    add("route LOCAL", { matches: [sourceIsLocal], target: toCluster });
  }
  if (plan.hasExternal) {
    const target = jump(port.externalPolicyLocal ? names.local : names.cluster);
    rules.push(rule({ target, origin: plan.origin("external traffic") }));
  }
  return rules;
}

/** Lets the source ranges through. What falls off the end is dropped later, in the filter table. */
function firewallRules(plan: PortPlan, { nodeIP }: IptablesContext): Rule[] {
  const { port, names } = plan;
  const origin = plan.origin("load balancer source ranges");
  const matches = [comment(`${port.name} loadbalancer IP`)];
  const target = jump(names.external);
  const rules = port.sourceRanges.map((range) =>
    rule({ source: { negated: false, ...range }, matches, target, origin }),
  );
  // A node that may use the load balancer reaches it with the load balancer's own IP as source.
  if (port.sourceRanges.some((range) => cidrContains(range, nodeIP))) {
    for (const vip of port.loadBalancerVIPs) {
      rules.push(rule({ source: host(addressWords(vip)), matches, target, origin }));
    }
  }
  const rest = comment(`other traffic to ${port.name} will be dropped by KUBE-PROXY-FIREWALL`);
  rules.push(rule({ matches: [rest], origin }));
  return rules;
}
