import { addressWords, type IpAddress } from "@kubenetsim/core/net/address";
import { type Cidr, cidrContains, formatCidr } from "@kubenetsim/core/net/cidr";
import { joinHostPort } from "@kubenetsim/core/net/endpoint-text";
import { lowerProtocol, protocolNumbers } from "@kubenetsim/core/net/protocol";
import type { Origin } from "@kubenetsim/core/trace/origin";
import type { IpSetEntry } from "@kubenetsim/netfilter/ruleset/ip-set";
import { type Rule, rule } from "@kubenetsim/netfilter/ruleset/rule";
import type { RealServer, VirtualServer } from "@kubenetsim/netfilter/ruleset/virtual-server";
import { drop, host } from "../iptables/rule-parts.ts";
import type { Endpoint } from "../snapshot/endpoint.ts";
import { isLocalTo } from "../snapshot/endpoint.ts";
import { isPortNumber } from "../snapshot/port-range.ts";
import { originOf, type ServicePort } from "../snapshot/service-port.ts";
import type { ServicePortState, ServiceState } from "../snapshot/service-state.ts";
import { categorizeEndpoints } from "../snapshot/topology.ts";
import type { IpvsBlock } from "./ipvs-block.ts";
import type { IpvsContext } from "./ipvs-context.ts";
import { type RefusedEntry, refusedEntry } from "./refused-entry.ts";
import type { SetName } from "./set-catalog.ts";

/** What one Service adds to IPVS, the ipsets and kube-ipvs0 (pkg/proxy/ipvs/proxier.go, syncProxyRules). */
export function compileIpvsService(service: ServiceState, context: IpvsContext): IpvsBlock {
  const draft = new BlockDraft();
  for (const state of service.ports) writePort(draft, state, context);
  const entries = [...draft.entries].map(([set, list]) => ({ set, entries: list }));
  const { virtualServers, refused, boundAddresses, outFilter } = draft;
  return { virtualServers, entries, refused, boundAddresses, outFilter };
}

class BlockDraft {
  readonly virtualServers: VirtualServer[] = [];
  readonly entries = new Map<SetName, IpSetEntry[]>();
  readonly refused: RefusedEntry[] = [];
  readonly boundAddresses: IpAddress[] = [];
  readonly outFilter: Rule[] = [];

  add(set: SetName, text: string, origin: Origin): void {
    const list = this.entries.get(set);
    if (list === undefined) this.entries.set(set, [{ text, origin }]);
    else list.push({ text, origin });
  }
}

function writePort(draft: BlockDraft, state: ServicePortState, context: IpvsContext): void {
  const { port } = state;
  const servers = realServersByPolicy(state, context);
  const internal = port.internalPolicyLocal ? servers.local : servers.cluster;
  const external = port.externalPolicyLocal ? servers.local : servers.cluster;
  const serve = (address: IpAddress, number: number, realServers: readonly RealServer[], reason: string): void => {
    draft.virtualServers.push(virtualServer(port, address, number, realServers, reason, context));
  };
  const bindUnlessOnHost = (address: IpAddress): void => {
    if (!context.hostAddresses.has(address)) draft.boundAddresses.push(address);
  };

  writeHairpins(draft, state, context);
  draft.add("KUBE-CLUSTER-IP", portEntry(port, port.clusterIP, port.port), originOf(port, "cluster IP"));
  serve(port.clusterIP, port.port, internal, "cluster IP");
  draft.boundAddresses.push(port.clusterIP);

  for (const address of port.externalIPs) {
    const set = port.externalPolicyLocal ? "KUBE-EXTERNAL-IP-LOCAL" : "KUBE-EXTERNAL-IP";
    draft.add(set, portEntry(port, address, port.port), originOf(port, "external IP"));
    serve(address, port.port, external, "external IP");
    bindUnlessOnHost(address);
  }
  for (const address of port.loadBalancerVIPs) {
    writeLoadBalancerSets(draft, port, address, context);
    serve(address, port.port, external, "load balancer IP");
    bindUnlessOnHost(address);
  }
  if (port.nodePort !== 0) {
    // Without an address to serve node ports on, kube-proxy leaves the Service port at once.
    if (context.nodePortIPs.length === 0) return;
    writeNodePortSets(draft, port, context);
    for (const address of context.nodePortIPs) serve(address, port.nodePort, external, "node port");
  }
  if (port.healthCheckNodePort !== 0) {
    const origin = originOf(port, "health check node port");
    draft.add("KUBE-HEALTH-CHECK-NODE-PORT", String(port.healthCheckNodePort), origin);
  }
}

/** Real servers for each traffic policy; without local endpoints, policy Local uses those of Cluster. */
function realServersByPolicy({ port, endpoints }: ServicePortState, context: IpvsContext) {
  const { cluster, local } = categorizeEndpoints(endpoints, port, context.nodeName, context.zone);
  const clusterServers = realServers(cluster);
  return { cluster: clusterServers, local: local.length > 0 ? realServers(local) : clusterServers };
}

function realServers(endpoints: readonly Endpoint[]): RealServer[] {
  const servers = endpoints.map(realServer);
  if (endpoints.every(({ port }) => isPortNumber(port))) return servers;
  // The kernel has one of an address and port already.
  return [...new Map(servers.map((one) => [joinHostPort(one.address, one.port), one])).values()];
}

/** kube-proxy keeps the lowest 16 bits of a port (`uint16(portNum)`). */
function realServer({ address, port }: Endpoint): RealServer {
  return { address, port: port & 0xffff, weight: 1, forward: "Masq", upperThreshold: 0, lowerThreshold: 0 };
}

function virtualServer(
  port: ServicePort,
  address: IpAddress,
  number: number,
  realServers: readonly RealServer[],
  reason: string,
  context: IpvsContext,
): VirtualServer {
  const persistent = port.affinitySeconds !== undefined;
  return {
    protocol: port.protocol,
    address,
    port: number,
    scheduler: context.scheduler,
    schedulerFlags: context.schedulerFlags,
    persistenceTimeout: port.affinitySeconds,
    persistenceNetmask: persistent ? (context.family === "IPv4" ? 32 : 128) : undefined,
    realServers,
    origin: originOf(port, reason),
  };
}

/** A pod that reaches itself through a Service must see another source; every local endpoint, ready or not. */
function writeHairpins(draft: BlockDraft, { port, endpoints }: ServicePortState, { nodeName }: IpvsContext): void {
  for (const endpoint of endpoints) {
    if (!isLocalTo(nodeName, endpoint)) continue;
    const text = `${portEntry(port, endpoint.address, endpoint.port)},${endpoint.address}`;
    if (isPortNumber(endpoint.port)) draft.add("KUBE-LOOP-BACK", text, originOf(port, "hairpin"));
    else draft.refused.push(refusedEntry("KUBE-LOOP-BACK", text, endpoint.port, port));
  }
}

function writeLoadBalancerSets(draft: BlockDraft, port: ServicePort, vip: IpAddress, context: IpvsContext): void {
  const text = portEntry(port, vip, port.port);
  const origin = originOf(port, "load balancer IP");
  draft.add("KUBE-LOAD-BALANCER", text, origin);
  if (port.externalPolicyLocal) draft.add("KUBE-LOAD-BALANCER-LOCAL", text, origin);
  if (port.sourceRanges.length === 0) return;
  const ranges = originOf(port, "load balancer source ranges");
  draft.add("KUBE-LOAD-BALANCER-FW", text, ranges);
  for (const range of port.sourceRanges)
    draft.add("KUBE-LOAD-BALANCER-SOURCE-CIDR", `${text},${netText(range)}`, ranges);
  if (port.sourceRanges.some((range) => cidrContains(range, context.nodeIP))) {
    draft.add("KUBE-LOAD-BALANCER-SOURCE-IP", `${text},${vip}`, ranges);
  } else {
    draft.outFilter.push(outFilterRule(port, vip, ranges));
  }
}

function outFilterRule(port: ServicePort, vip: IpAddress, origin: Origin): Rule {
  const words = addressWords(vip);
  return rule({
    source: host(words),
    matches: [{ kind: "ipvs", vaddr: words, vproto: protocolNumbers[port.protocol], vport: port.port }],
    target: drop,
    origin,
  });
}

function writeNodePortSets(draft: BlockDraft, port: ServicePort, { nodePortIPs }: IpvsContext): void {
  const suffix = port.protocol === "SCTP" ? ("SCTP-HASH" as const) : port.protocol;
  const texts =
    port.protocol === "SCTP"
      ? nodePortIPs.map((address) => portEntry(port, address, port.nodePort))
      : [String(port.nodePort)];
  const origin = originOf(port, "node port");
  for (const text of texts) {
    draft.add(`KUBE-NODE-PORT-${suffix}`, text, origin);
    if (port.externalPolicyLocal) draft.add(`KUBE-NODE-PORT-LOCAL-${suffix}`, text, origin);
  }
}

/** `10.96.0.1,tcp:443`. */
function portEntry(port: ServicePort, address: IpAddress, number: number): string {
  return `${address},${lowerProtocol(port.protocol)}:${number}`;
}

/** `ipset list` shows a net of one address without its length. */
function netText(cidr: Cidr): string {
  const text = formatCidr(cidr);
  return cidr.prefix === cidr.words.length * 32 ? text.slice(0, text.indexOf("/")) : text;
}
