import type { Match } from "@kubenetsim/netfilter/ruleset/match";
import { type Rule, rule } from "@kubenetsim/netfilter/ruleset/rule";
import type { TableName } from "@kubenetsim/netfilter/ruleset/ruleset";
import { builtIn } from "../iptables/built-in-origin.ts";
import { comment, destinationIsLocal, jump } from "../iptables/rule-parts.ts";
import type { IptablesCommand, RulePosition } from "./iptables-command.ts";

/** The chains of userspace mode: for what comes from others and for what the node itself sends. */
export const portalChains = {
  containerPortals: "KUBE-PORTALS-CONTAINER",
  hostPortals: "KUBE-PORTALS-HOST",
  containerNodePorts: "KUBE-NODEPORT-CONTAINER",
  hostNodePorts: "KUBE-NODEPORT-HOST",
  nonLocalNodePorts: "KUBE-NODEPORT-NON-LOCAL",
} as const;

interface Jump {
  readonly table: TableName;
  readonly from: string;
  readonly to: string;
  readonly position: RulePosition;
  readonly rule: Rule;
}

const clusterIPs = "handle ClusterIPs; NOTE: this must be before the NodePort rules";
const nodePorts = "handle service NodePorts; NOTE: this must be the last rule in the chain";
const nonLocal = "Ensure that non-local NodePort traffic can flow";

/** In the order in which kube-proxy makes sure of them at every sync (iptablesInit, pkg/proxy/userspace/proxier.go). */
const jumps: readonly Jump[] = [
  jumpTo("nat", "PREROUTING", portalChains.containerPortals, "prepend", [comment(clusterIPs)]),
  jumpTo("nat", "OUTPUT", portalChains.hostPortals, "prepend", [comment(clusterIPs)]),
  jumpTo("nat", "PREROUTING", portalChains.containerNodePorts, "append", [destinationIsLocal, comment(nodePorts)]),
  jumpTo("nat", "OUTPUT", portalChains.hostNodePorts, "append", [destinationIsLocal, comment(nodePorts)]),
  jumpTo("filter", "INPUT", portalChains.nonLocalNodePorts, "prepend", [comment(nonLocal)]),
];

function jumpTo(table: TableName, from: string, to: string, position: RulePosition, matches: readonly Match[]): Jump {
  const text = matches.find((match) => match.kind === "comment")!.text;
  return { table, from, to, position, rule: rule({ matches, target: jump(to), origin: builtIn(text) }) };
}

/** Makes sure of the chains and of the jumps to them. */
export function ensurePortalChains(iptables: IptablesCommand): void {
  for (const one of jumps) {
    iptables.ensureChain(one.table, one.to);
    iptables.ensureRule(one.position, one.table, one.from, one.rule);
  }
}

/** Empties the chains, as kube-proxy does when it starts: the ports that their rules name are nobody's any more. */
export function flushPortalChains(iptables: IptablesCommand): void {
  for (const { table, to } of jumps) iptables.flushChain(table, to);
}

/** Removes all that userspace mode has written (CleanupLeftovers). */
export function removePortalChains(iptables: IptablesCommand): void {
  for (const one of jumps) iptables.deleteRule(one.table, one.from, one.rule);
  flushPortalChains(iptables);
  for (const { table, to } of jumps) iptables.deleteChain(table, to);
}
