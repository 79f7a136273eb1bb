import { addressWords, type IpAddress } from "@kubenetsim/core/net/address";
import type { Match } from "@kubenetsim/netfilter/ruleset/match";
import { type Rule, rule } from "@kubenetsim/netfilter/ruleset/rule";
import type { Target } from "@kubenetsim/netfilter/ruleset/target";
import type { IptablesContext } from "./iptables-context.ts";
import type { PortPlan } from "./port-plan.ts";
import {
  accept,
  comment,
  destinationIsLocal,
  drop,
  host,
  jump,
  loopbackNet,
  protocolCondition,
  toPort,
} from "./rule-parts.ts";
import type { Frontend, SharedChain } from "./shared-chains.ts";

type Add = (chain: SharedChain, rule: Rule) => void;

/** The rules that lead packets to a Service port's chains, or refuse them, in the order in which kube-proxy writes them. */
export function frontendsOf(plan: PortPlan, context: IptablesContext): readonly Frontend[] {
  const frontends: Frontend[] = [];
  const add: Add = (chain, one) => void frontends.push({ chain, rule: one });
  addClusterIP(add, plan);
  addExternalIPs(add, plan);
  addLoadBalancer(add, plan);
  if (plan.port.nodePort !== 0) addNodePort(add, plan, context);
  if (plan.port.healthCheckNodePort !== 0) addHealthCheck(add, plan);
  return frontends;
}

/** Do two plans, of one node and configuration, come to the same frontends? */
export function sameFrontends(a: PortPlan, b: PortPlan): boolean {
  return (
    a.port === b.port &&
    a.endpoints.any === b.endpoints.any &&
    a.hasInternal === b.hasInternal &&
    a.hasExternal === b.hasExternal
  );
}

function addClusterIP(add: Add, plan: PortPlan): void {
  const { port, refusal } = plan;
  if (plan.hasInternal) {
    const text = comment(`${port.name} cluster IP`);
    add("natServices", toAddress(plan, port.clusterIP, text, jump(plan.internalChain), "cluster IP"));
  } else {
    add("filterServices", toAddress(plan, port.clusterIP, refusal.comment, refusal.target, "cluster IP"));
  }
}

function addExternalIPs(add: Add, plan: PortPlan): void {
  const text = comment(`${plan.port.name} external IP`);
  for (const address of plan.port.externalIPs) {
    if (plan.endpoints.any) {
      add("natServices", toAddress(plan, address, text, jump(plan.names.external), "external IP"));
    }
    if (!plan.hasExternal) refuse(add, plan, address, "external IP");
  }
}

function addLoadBalancer(add: Add, plan: PortPlan): void {
  const { port, names } = plan;
  const text = comment(`${port.name} loadbalancer IP`);
  const target = jump(plan.usesFirewallChain ? names.firewall : names.external);
  for (const address of port.loadBalancerVIPs) {
    if (plan.endpoints.any) add("natServices", toAddress(plan, address, text, target, "load balancer IP"));
    if (plan.usesFirewallChain) {
      const blocked = comment(`${port.name} traffic not accepted by ${names.firewall}`);
      add("filterFirewall", toAddress(plan, address, blocked, drop, "load balancer source ranges"));
    }
  }
  if (plan.hasExternal) return;
  for (const address of port.loadBalancerVIPs) refuse(add, plan, address, "load balancer IP");
}

function addNodePort(add: Add, plan: PortPlan, context: IptablesContext): void {
  const { port, protocol, nameComment, refusal } = plan;
  const origin = plan.origin("node port");
  const transport = toPort(port.protocol, port.nodePort);
  if (plan.endpoints.any) {
    const target = jump(plan.names.external);
    if (context.localhostNodePorts && context.nfacct) {
      const matches: Match[] = [nameComment, transport, { kind: "nfacct", name: "localhost_nps_accepted_pkts" }];
      const destination = loopbackNet("IPv4");
      add(
        "natNodePorts",
        rule({ destination, protocol, matches, target, origin: plan.origin("node port on localhost") }),
      );
    }
    add("natNodePorts", rule({ protocol, matches: [nameComment, transport], target, origin }));
  }
  if (!plan.hasExternal) {
    const matches = [refusal.comment, destinationIsLocal, transport];
    add("filterExternalServices", rule({ protocol, matches, target: refusal.target, origin }));
  }
}

function addHealthCheck(add: Add, plan: PortPlan): void {
  const { port } = plan;
  const matches = [comment(`${port.name} health check node port`), toPort("TCP", port.healthCheckNodePort)];
  const origin = plan.origin("health check node port");
  add("filterNodePorts", rule({ protocol: protocolCondition("TCP"), matches, target: accept, origin }));
}

function refuse(add: Add, plan: PortPlan, address: IpAddress, reason: string): void {
  const { refusal } = plan;
  add("filterExternalServices", toAddress(plan, address, refusal.comment, refusal.target, reason));
}

/** A rule for packets to the Service's port at one of its addresses. */
function toAddress(plan: PortPlan, address: IpAddress, text: Match, target: Target, reason: string): Rule {
  return rule({
    destination: host(addressWords(address)),
    protocol: plan.protocol,
    matches: [text, toPort(plan.port.protocol, plan.port.port)],
    target,
    origin: plan.origin(reason),
  });
}
