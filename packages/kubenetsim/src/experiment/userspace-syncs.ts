import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import { virtualClock } from "@kubenetsim/core/runtime/clock";
import { seededRandom } from "@kubenetsim/core/runtime/random";
import type { Chain, RestoreTable } from "@kubenetsim/netfilter/ruleset/ruleset";
import { restoreWords } from "@kubenetsim/proxy/iptables/restore-words";
import type { ProxyBasis } from "@kubenetsim/proxy/snapshot/proxy-basis";
import { IptablesCommand } from "@kubenetsim/proxy/userspace/iptables-command";
import { UserspaceProxier } from "@kubenetsim/proxy/userspace/userspace-proxier";
import { userspaceOptions } from "../dataplane/backend/userspace-backend.ts";
import type { Churn } from "./churn.ts";
import type { Measured } from "./measures.ts";

/** Two syncs in userspace mode, which runs `iptables` for each rule. What endpoints there are is in the process alone: no rule knows of them. */
export function userspaceSyncs(
  basis: ProxyBasis,
  { tables }: ClusterState,
  { first, second }: Churn,
  seed: string,
): Measured {
  const proxier = new UserspaceProxier(userspaceOptions(basis), seededRandom(seed), virtualClock());
  const chains = new Map<string, Chain>();
  const full = run(chains, (iptables) => {
    proxier.start(iptables, tables.Service.values(), tables.Endpoints.values());
    return 0;
  });
  if (first.length > 0) run(chains, (iptables) => proxier.change(iptables, first).length);
  const objects = [...chains.values()].reduce((count, { rules }) => count + 1 + rules.length, 0);
  const before = rulesOf(chains);
  const partial = run(chains, (iptables) => proxier.change(iptables, second).length);
  const after = rulesOf(chains);
  const touched =
    [...before].filter((text) => !after.has(text)).length + [...after].filter((text) => !before.has(text)).length;
  return { objects, objectsTouched: touched, programRunsFull: full, programRunsIncremental: partial };
}

/** How often `iptables` ran, and `conntrack -D` for UDP cluster IPs that went (proxier.go:597), which is what the action gives. */
function run(chains: Map<string, Chain>, action: (iptables: IptablesCommand) => number): number {
  const iptables = new IptablesCommand((table, chain) => chains.get(`${table} ${chain}`));
  const forgotten = action(iptables);
  for (const table of iptables.changes()) take(chains, table);
  return iptables.runs + forgotten;
}

function take(kernel: Map<string, Chain>, { name, chains, deleted }: RestoreTable): void {
  for (const chain of chains) kernel.set(`${name} ${chain.name}`, chain);
  for (const gone of deleted) kernel.delete(`${name} ${gone}`);
}

function rulesOf(chains: ReadonlyMap<string, Chain>): ReadonlySet<string> {
  return new Set(
    [...chains].flatMap(([name, { rules }]) => [name, ...rules.map((rule) => `${name} ${restoreWords(rule)}`)]),
  );
}
