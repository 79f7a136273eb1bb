import { addressWords } from "@kubenetsim/core/net/address";
import { lowerProtocol, type Protocol } from "@kubenetsim/core/net/protocol";
import type { NftBase } from "@kubenetsim/netfilter/ruleset/nft-table";
import type { NftCommand } from "@kubenetsim/netfilter/ruleset/nft-transaction";
import { builtIn } from "../iptables/built-in-origin.ts";
import { isLoopback } from "../snapshot/proxy-node.ts";
import { cidrsOfFamily } from "../snapshot/sloppy-address.ts";
import { CommandList } from "./command-list.ts";
import {
  addressMap,
  addressSet,
  clusterIPs,
  connectionSet,
  firewallIPs,
  hairpinConnections,
  localhostNodePortRejects,
  nodePortIPs,
  noEndpointNodePorts,
  noEndpointServices,
  portMap,
  serviceIPs,
  serviceNodePorts,
} from "./containers.ts";
import type { NftablesContext } from "./nftables-context.ts";
import {
  connectionIsDnat,
  connectionIsNew,
  connectionKey,
  destinationIn,
  destinationInRanges,
  destinationIsLocal,
  destinationIsLoopback,
  destinationKey,
  drop,
  isLocalTraffic,
  jump,
  masquerade,
  match,
  protocolAndPort,
  reject,
  setMark,
  verdictFrom,
  wordsValue,
} from "./statements.ts";

export const tableName = "kube-proxy";

const baseChains: readonly (readonly [string, NftBase])[] = [
  ["filter-prerouting-pre-dnat", base("filter", "prerouting", -110)],
  ["filter-output-pre-dnat", base("filter", "output", -110)],
  ["filter-input", base("filter", "input", 0)],
  ["filter-forward", base("filter", "forward", 0)],
  ["filter-output", base("filter", "output", 0)],
  ["nat-prerouting", base("nat", "prerouting", -100)],
  ["nat-output", base("nat", "output", -100)],
  ["nat-postrouting", base("nat", "postrouting", 100)],
];

function base(type: NftBase["type"], hook: NftBase["hook"], priority: number): NftBase {
  return { type, hook, priority, policy: "accept" };
}

/** Which chain each base chain leads to, in kube-proxy's order; some for new connections only. */
const jumps: readonly { readonly from: string; readonly to: string; readonly onlyNew: boolean }[] = [
  { from: "filter-input", to: "nodeport-endpoints-check", onlyNew: true },
  { from: "filter-input", to: "service-endpoints-check", onlyNew: true },
  { from: "filter-forward", to: "service-endpoints-check", onlyNew: true },
  { from: "filter-output", to: "service-endpoints-check", onlyNew: true },
  { from: "filter-prerouting-pre-dnat", to: "firewall-check", onlyNew: true },
  { from: "filter-output-pre-dnat", to: "firewall-check", onlyNew: true },
  { from: "nat-output", to: "services", onlyNew: false },
  { from: "nat-prerouting", to: "services", onlyNew: false },
  { from: "nat-postrouting", to: "masquerading", onlyNew: false },
  { from: "filter-forward", to: "cluster-ips-check", onlyNew: true },
  { from: "filter-output", to: "cluster-ips-check", onlyNew: true },
];

/**
 * What a full sync writes whatever Services there are (pkg/proxy/nftables/proxier.go, setupNFTables). A kube-proxy's first
 * one makes the base chains anew, since their priorities cannot be changed.
 */
export function baseObjects(
  context: NftablesContext,
  serviceCIDRs: ReadonlySet<string>,
  isFirst: boolean,
): readonly NftCommand[] {
  const list = new CommandList();
  list.push({ verb: "add", object: "table", comment: "rules for kube-proxy" });
  writeBaseChains(list, isFirst);
  writeJumps(list);
  writeMasquerading(list, context);
  writeClusterIPs(list, context, serviceCIDRs);
  writeNodePortIPs(list, context);
  writeEndpointChecks(list, context);
  writeLocalhostRejects(list, context);
  writeFirewall(list, context);
  writeDispatch(list, context);
  return list.commands;
}

function writeBaseChains(list: CommandList, isFirst: boolean): void {
  if (isFirst) {
    for (const [name] of baseChains) {
      list.addChain(name);
      list.deleteChain(name);
    }
  }
  for (const [name, hooked] of baseChains) list.emptyChain(name, hooked);
}

function writeJumps(list: CommandList): void {
  const made = new Set<string>();
  for (const { from, to, onlyNew } of jumps) {
    if (!made.has(to)) list.emptyChain(to);
    made.add(to);
    list.addRule(from, onlyNew ? [connectionIsNew, jump(to)] : [jump(to)], builtIn(`${from} to ${to}`));
  }
}

function writeMasquerading(list: CommandList, context: NftablesContext): void {
  list.addSet(connectionSet(hairpinConnections, "service hairpin connections", context));
  const { mark } = context;
  const isMarked = match([{ kind: "mark", mask: mark }], { kind: "value", value: { kind: "mark", value: 0 } }, true);
  list.addRule(
    "masquerading",
    [isMarked, { kind: "set-mark", operation: "xor", value: mark }, masquerade],
    builtIn("masquerade marked traffic"),
  );
  list.addRule(
    "masquerading",
    [connectionIsDnat, match(connectionKey, { kind: "named", set: hairpinConnections }), masquerade],
    builtIn("masquerade hairpin traffic"),
  );
}

function writeClusterIPs(list: CommandList, context: NftablesContext, serviceCIDRs: ReadonlySet<string>): void {
  list.addSet(addressSet(clusterIPs, "Active ClusterIPs", context));
  const add = (statements: Parameters<CommandList["addRule"]>[1], comment: string): void =>
    list.addRule("cluster-ips-check", statements, builtIn(comment), comment);
  add([destinationIn(clusterIPs), reject], "Reject traffic to invalid ports of ClusterIPs");
  const ranges = cidrsOfFamily([...serviceCIDRs].sort(), context.family);
  if (ranges.length > 0) add([destinationInRanges(ranges), drop], "Drop traffic to unallocated ClusterIPs");
}

/** The set is not there when every local address accepts node ports. */
function writeNodePortIPs(list: CommandList, context: NftablesContext): void {
  list.addSet(addressSet(nodePortIPs, "IPs that accept NodePort traffic", context));
  if (context.nodePorts.matchAll) {
    list.deleteSet(nodePortIPs);
    return;
  }
  list.push({ verb: "flush", object: "set", name: nodePortIPs });
  for (const address of context.nodePorts.addresses) {
    if (isLoopback(address)) continue;
    list.addElement(nodePortIPs, {
      key: [wordsValue(addressWords(address))],
      verdict: undefined,
      value: undefined,
      comment: undefined,
      origin: builtIn("address that accepts node ports"),
    });
  }
}

function writeEndpointChecks(list: CommandList, context: NftablesContext): void {
  list.addSet(addressMap(noEndpointServices, "vmap to drop or reject packets to services with no endpoints", context));
  list.addSet(portMap(noEndpointNodePorts, "vmap to drop or reject packets to service nodeports with no endpoints"));
  list.emptyChain("reject-chain", undefined, "helper for @no-endpoint-services / @no-endpoint-nodeports");
  list.addRule("reject-chain", [reject], builtIn("reject"));
  list.addRule(
    "service-endpoints-check",
    [verdictFrom(destinationKey, noEndpointServices)],
    builtIn("Services without endpoints"),
  );
  const { nodePorts, loopback } = context;
  const toNode = nodePorts.matchAll ? destinationIsLoopback(loopback, true) : destinationIn(nodePortIPs);
  list.addRule(
    "nodeport-endpoints-check",
    [toNode, verdictFrom(protocolAndPort, noEndpointNodePorts)],
    builtIn("node ports without endpoints"),
  );
}

const protocols: readonly Protocol[] = ["TCP", "UDP", "SCTP"];

/** The chain that counts and rejects packets of a protocol to node ports on localhost. */
export function localhostRejectChain(protocol: Protocol): string {
  return `localhost-nodeport-reject-${lowerProtocol(protocol)}`;
}

/** What another configuration may have left behind is deleted; adding it first makes that succeed in any case. */
function writeLocalhostRejects(list: CommandList, { localhost, loopback }: NftablesContext): void {
  list.addSet(portMap(localhostNodePortRejects, "localhost NodePorts rejected by kube-proxy"));
  for (const protocol of localhost.rejected) {
    const chain = localhostRejectChain(protocol);
    const counter = counterName(protocol);
    addCounter(list, counter);
    list.emptyChain(chain);
    list.addRule(chain, [{ kind: "counter", name: counter }, reject], builtIn("count and reject"));
  }
  if (localhost.rejected.length > 0) {
    list.addRule(
      "nodeport-endpoints-check",
      [destinationIsLoopback(loopback, false), verdictFrom(protocolAndPort, localhostNodePortRejects)],
      builtIn("node ports on localhost"),
    );
  } else {
    list.deleteMap(localhostNodePortRejects);
  }
  for (const protocol of protocols) {
    if (localhost.rejected.includes(protocol)) continue;
    list.addChain(localhostRejectChain(protocol));
    list.deleteChain(localhostRejectChain(protocol));
    addCounter(list, counterName(protocol));
    list.push({ verb: "delete", object: "counter", name: counterName(protocol) });
  }
}

function counterName(protocol: Protocol): string {
  return `localhost-nodeport-rejected-${lowerProtocol(protocol)}`;
}

function addCounter(list: CommandList, name: string): void {
  list.push({ verb: "add", object: "counter", counter: { name, packets: 0, bytes: 0, comment: undefined } });
}

function writeFirewall(list: CommandList, context: NftablesContext): void {
  list.addSet(addressMap(firewallIPs, "destinations that are subject to LoadBalancerSourceRanges", context));
  list.addRule("firewall-check", [verdictFrom(destinationKey, firewallIPs)], builtIn("load balancer source ranges"));
}

function writeDispatch(list: CommandList, context: NftablesContext): void {
  list.addSet(addressMap(serviceIPs, "ClusterIP, ExternalIP and LoadBalancer IP traffic", context));
  list.addSet(portMap(serviceNodePorts, "NodePort traffic"));
  const { mark, masqueradeAll, detector, nodePorts, loopback } = context;
  const toClusterIP = destinationIn(clusterIPs);
  if (masqueradeAll) {
    const comment = "masquerade all clusterIP traffic";
    list.addRule("services", [toClusterIP, setMark(mark)], builtIn(comment), comment);
  } else if (detector !== undefined) {
    const comment = "masquerade clusterIP traffic from outside cluster";
    list.addRule("services", [toClusterIP, isLocalTraffic(detector, true), setMark(mark)], builtIn(comment), comment);
  }
  list.addRule("services", [verdictFrom(destinationKey, serviceIPs)], builtIn("Service addresses"));
  const toNode = nodePorts.matchAll
    ? [destinationIsLocal, destinationIsLoopback(loopback, true)]
    : [destinationIn(nodePortIPs)];
  list.addRule("services", [...toNode, verdictFrom(protocolAndPort, serviceNodePorts)], builtIn("node ports"));
}
