import type { IpAddress } from "@kubenetsim/core/net/address";
import type { NftElementKey, NftVerdict } from "@kubenetsim/netfilter/ruleset/nft-expression";
import { isLocalTo } from "../snapshot/endpoint.ts";
import { localhostRejectChain } from "./base-objects.ts";
import type { CommandList } from "./command-list.ts";
import {
  clusterIPs,
  firewallIPs,
  hairpinConnections,
  localhostNodePortRejects,
  noEndpointNodePorts,
  noEndpointServices,
  serviceIPs,
  serviceNodePorts,
} from "./containers.ts";
import type { NftablesContext } from "./nftables-context.ts";
import { nftComment } from "./object-names.ts";
import { type NftPortPlan, nodePortKey, serviceKey } from "./port-plan.ts";
import { addressValue, gotoChain, wordsValue } from "./statements.ts";

/** The chains that a Service port's elements and rules lead to, and its endpoints that may talk to themselves. */
export function writeChains(list: CommandList, plan: NftPortPlan, { nodeName }: NftablesContext): void {
  const { names, protocol } = plan;
  for (const endpoint of plan.endpoints.reachable) {
    const affinity = plan.affinityNames?.get(endpoint);
    if (affinity !== undefined) list.emptyChain(affinity.chain);
    if (!isLocalTo(nodeName, endpoint)) continue;
    const address = wordsValue(endpoint.words);
    const key = [address, address, protocol, { kind: "number", number: endpoint.port } as const];
    addElement(list, plan, { set: hairpinConnections, key, reason: `hairpin of endpoint ${endpoint.text}` });
  }
  if (plan.usesClusterChain) list.emptyChain(names.cluster);
  if (plan.usesLocalChain) list.emptyChain(names.local);
  if (plan.usesExternalChain) list.emptyChain(names.external);
}

/** The elements that lead packets to a Service port's chains, or refuse them. */
export function writeElements(list: CommandList, plan: NftPortPlan, context: NftablesContext): void {
  writeClusterIP(list, plan);
  for (const address of plan.port.externalIPs) {
    capture(list, plan, address, "external IP");
    if (!plan.hasExternal) refuse(list, plan, address, "external IP");
  }
  writeLoadBalancer(list, plan);
  if (plan.port.nodePort !== 0) writeNodePort(list, plan, context);
}

function writeClusterIP(list: CommandList, plan: NftPortPlan): void {
  const { clusterIP } = plan.port;
  addElement(list, plan, { set: clusterIPs, key: [addressValue(clusterIP)], reason: "cluster IP" });
  if (plan.hasInternal) {
    const verdict = gotoChain(plan.internalChain);
    addElement(list, plan, { set: serviceIPs, key: serviceKey(plan, clusterIP), verdict, reason: "cluster IP" });
  } else {
    refuse(list, plan, clusterIP, "cluster IP");
  }
}

function writeLoadBalancer(list: CommandList, plan: NftPortPlan): void {
  const { loadBalancerVIPs } = plan.port;
  if (plan.usesFirewallChain) list.emptyChain(plan.names.firewall);
  for (const address of loadBalancerVIPs) {
    capture(list, plan, address, "load balancer IP");
    if (!plan.usesFirewallChain) continue;
    const verdict = gotoChain(plan.names.firewall);
    const key = serviceKey(plan, address);
    addElement(list, plan, { set: firewallIPs, key, verdict, reason: "load balancer source ranges" });
  }
  if (plan.hasExternal) return;
  for (const address of loadBalancerVIPs) refuse(list, plan, address, "load balancer IP");
}

function writeNodePort(list: CommandList, plan: NftPortPlan, { localhost }: NftablesContext): void {
  const { protocol } = plan.port;
  const key = nodePortKey(plan);
  if (localhost.rejected.includes(protocol)) {
    const verdict = gotoChain(localhostRejectChain(protocol));
    addElement(list, plan, { set: localhostNodePortRejects, key, verdict, reason: "node port on localhost" });
  }
  if (plan.endpoints.any) {
    const verdict = gotoChain(plan.names.external);
    addElement(list, plan, { set: serviceNodePorts, key, verdict, reason: "node port" });
  }
  if (!plan.hasExternal) {
    const comment = nftComment(plan.port.name);
    addElement(list, plan, { set: noEndpointNodePorts, key, verdict: plan.refusal, reason: "node port", comment });
  }
}

/** Leads packets to an address of the outside to the chain for external traffic. */
function capture(list: CommandList, plan: NftPortPlan, address: IpAddress, reason: string): void {
  if (!plan.endpoints.any) return;
  const verdict = gotoChain(plan.names.external);
  addElement(list, plan, { set: serviceIPs, key: serviceKey(plan, address), verdict, reason });
}

function refuse(list: CommandList, plan: NftPortPlan, address: IpAddress, reason: string): void {
  const comment = nftComment(plan.port.name);
  const key = serviceKey(plan, address);
  addElement(list, plan, { set: noEndpointServices, key, verdict: plan.refusal, reason, comment });
}

interface ElementParts {
  readonly set: string;
  readonly key: NftElementKey;
  readonly verdict?: NftVerdict;
  readonly comment?: string;
  readonly reason: string;
}

function addElement(list: CommandList, plan: NftPortPlan, { set, key, verdict, comment, reason }: ElementParts): void {
  list.addElement(set, { key, verdict, value: undefined, comment, origin: plan.origin(reason) });
}
