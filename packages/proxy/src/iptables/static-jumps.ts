import type { Match } from "@kubenetsim/netfilter/ruleset/match";
import { rule } from "@kubenetsim/netfilter/ruleset/rule";
import { builtinChains, type Chain, type TableName } from "@kubenetsim/netfilter/ruleset/ruleset";
import { builtIn } from "./built-in-origin.ts";
import { comment, conntrackStates, jump } from "./rule-parts.ts";

/** A jump from a built-in chain that kube-proxy makes sure of at a full sync, by `iptables -I`. */
export interface StaticJump {
  readonly table: TableName;
  readonly from: string;
  readonly to: string;
  /** "" for none. */
  readonly comment: string;
  /** Only for packets that open a connection. */
  readonly onlyNew: boolean;
}

/** In the order in which they are inserted; each goes before those already there. */
export const iptablesJumps: readonly StaticJump[] = [
  toNew("INPUT", "KUBE-EXTERNAL-SERVICES", "kubernetes externally-visible service portals"),
  toNew("FORWARD", "KUBE-EXTERNAL-SERVICES", "kubernetes externally-visible service portals"),
  toAll("filter", "INPUT", "KUBE-NODEPORTS", "kubernetes health check service ports"),
  toNew("FORWARD", "KUBE-SERVICES", "kubernetes service portals"),
  toNew("OUTPUT", "KUBE-SERVICES", "kubernetes service portals"),
  toAll("filter", "FORWARD", "KUBE-FORWARD", "kubernetes forwarding rules"),
  toNew("INPUT", "KUBE-PROXY-FIREWALL", "kubernetes load balancer firewall"),
  toNew("OUTPUT", "KUBE-PROXY-FIREWALL", "kubernetes load balancer firewall"),
  toNew("FORWARD", "KUBE-PROXY-FIREWALL", "kubernetes load balancer firewall"),
  toAll("nat", "OUTPUT", "KUBE-SERVICES", "kubernetes service portals"),
  toAll("nat", "PREROUTING", "KUBE-SERVICES", "kubernetes service portals"),
  toAll("nat", "POSTROUTING", "KUBE-POSTROUTING", "kubernetes postrouting rules"),
  toAll("filter", "INPUT", "KUBE-FIREWALL", ""),
  toAll("filter", "OUTPUT", "KUBE-FIREWALL", ""),
];

export function toAll(table: TableName, from: string, to: string, text: string): StaticJump {
  return { table, from, to, comment: text, onlyNew: false };
}

function toNew(from: string, to: string, text: string): StaticJump {
  return { table: "filter", from, to, comment: text, onlyNew: true };
}

/** A table's built-in chains as these jumps leave them on a host that had none. */
export function builtinsWithJumps(table: TableName, jumps: readonly StaticJump[]): Chain[] {
  return builtinChains[table].map((name) => {
    const own = jumps.filter((one) => one.table === table && one.from === name);
    return { name, policy: "ACCEPT", counters: undefined, rules: own.map(jumpRule).reverse() };
  });
}

function jumpRule(one: StaticJump) {
  const matches: Match[] = [];
  if (one.onlyNew) matches.push(conntrackStates(["NEW"]));
  if (one.comment !== "") matches.push(comment(one.comment));
  return rule({ matches, target: jump(one.to), origin: builtIn(one.comment || "localhost protection") });
}
