import { addressWords } from "@kubenetsim/core/net/address";
import { cidrContains } from "@kubenetsim/core/net/cidr";
import { type Rule, rule } from "@kubenetsim/netfilter/ruleset/rule";
import { localCondition } from "../config/local-detector.ts";
import { addEndpointRules, addSpread } from "./endpoint-chains.ts";
import type { IptablesContext } from "./iptables-context.ts";
import type { PortPlan } from "./port-plan.ts";
import { comment, host, jump, jumpToMarkMasq, net, sourceIsLocal, toPort } from "./rule-parts.ts";
import type { RuleSink } from "./rule-sink.ts";

/** The chains of a Service port in the nat table, in the order in which kube-proxy makes them. */
export function ownChainNames(plan: PortPlan, endpointChains: readonly string[]): string[] {
  const names: string[] = [];
  if (plan.usesExternalChain) names.push(plan.names.external);
  if (plan.usesFirewallChain) names.push(plan.names.firewall);
  if (plan.usesClusterChain) names.push(plan.names.cluster);
  if (plan.usesLocalChain) names.push(plan.names.local);
  for (const name of endpointChains) names.push(name);
  return names;
}

/**
 * The rules of these chains, in the order in which kube-proxy writes them: external, firewall, the endpoints of each
 * traffic policy, and each endpoint. `withComments` is false in a large cluster, where the rules about endpoints go without.
 */
export function writeOwnChains(
  to: RuleSink,
  plan: PortPlan,
  endpointChains: readonly string[],
  context: IptablesContext,
  withComments: boolean,
): void {
  writeServiceChains(to, plan, endpointChains, context, withComments);
  for (let i = 0; i < endpointChains.length; i++) addEndpointRules(to, plan, i, endpointChains[i]!, withComments);
}

/** Those of all but the endpoints' chains. */
export function writeServiceChains(
  to: RuleSink,
  plan: PortPlan,
  endpointChains: readonly string[],
  context: IptablesContext,
  withComments: boolean,
): void {
  if (plan.hasInternal) addClusterIPMasquerade(to, plan, context);
  if (plan.usesExternalChain) addExternalRules(to, plan, context);
  if (plan.usesFirewallChain) addFirewallRules(to, plan, context);
  const { names, endpoints } = plan;
  if (plan.usesClusterChain) addSpread(to, names.cluster, plan, endpoints.cluster, endpointChains, withComments);
  if (plan.usesLocalChain) addSpread(to, names.local, plan, endpoints.local, endpointChains, withComments);
}

/** Traffic to the cluster IP is masqueraded when it comes from outside of the pods' network, or always. */
function addClusterIPMasquerade(to: RuleSink, plan: PortPlan, context: IptablesContext): void {
  const { port } = plan;
  if (!context.masqueradeAll && context.detector === undefined) return;
  const from: Partial<Rule> = context.masqueradeAll ? {} : localCondition(context.detector!, true);
  to.rule(
    plan.internalChain,
    rule({
      source: from.source,
      inDevice: from.inDevice,
      destination: host(addressWords(port.clusterIP)),
      protocol: plan.protocol,
      matches: [comment(`${port.name} cluster IP`), toPort(port.protocol, port.port)],
      target: jumpToMarkMasq,
      origin: plan.origin(context.masqueradeAll ? "masquerade all" : "masquerade traffic from outside the pod network"),
    }),
  );
}

/**
 * With externalTrafficPolicy Local the client's address is kept, so only traffic that is sure to come back here, from this
 * node and its pods, may go to all endpoints.
 */
function addExternalRules(to: RuleSink, plan: PortPlan, { detector }: IptablesContext): void {
  const { port, names } = plan;
  const addFor = (reason: string, parts: Partial<Rule>): void => {
    const about = comment(`${reason} traffic for ${port.name} external destinations`);
    const matches = [about, ...(parts.matches ?? [])];
    to.rule(names.external, rule({ ...parts, matches, origin: plan.origin(`${reason} traffic`) }));
  };
  if (!port.externalPolicyLocal) {
    addFor("masquerade", { target: jumpToMarkMasq });
  } else {
    const toCluster = jump(names.cluster);
    if (detector !== undefined) addFor("pod", { ...localCondition(detector, false), target: toCluster });
    addFor("masquerade LOCAL", { matches: [sourceIsLocal], target: jumpToMarkMasq });
    addFor("route LOCAL", { matches: [sourceIsLocal], target: toCluster });
  }
  if (plan.hasExternal) {
    const target = jump(port.externalPolicyLocal ? names.local : names.cluster);
    to.rule(names.external, rule({ target, origin: plan.origin("external traffic") }));
  }
}

/** Lets the source ranges through. What falls off the end is dropped later, in the filter table. */
function addFirewallRules(to: RuleSink, plan: PortPlan, { nodeIP }: IptablesContext): void {
  const { port, names } = plan;
  const origin = plan.origin("load balancer source ranges");
  const matches = [comment(`${port.name} loadbalancer IP`)];
  const target = jump(names.external);
  for (const range of port.sourceRanges) {
    to.rule(names.firewall, rule({ source: net(range), matches, target, origin }));
  }
  // A node that may use the load balancer reaches it with the load balancer's own IP as source.
  if (port.sourceRanges.some((range) => cidrContains(range, nodeIP))) {
    for (const vip of port.loadBalancerVIPs) {
      to.rule(names.firewall, rule({ source: host(addressWords(vip)), matches, target, origin }));
    }
  }
  const rest = comment(`other traffic to ${port.name} will be dropped by KUBE-PROXY-FIREWALL`);
  to.rule(names.firewall, rule({ matches: [rest], origin }));
}
