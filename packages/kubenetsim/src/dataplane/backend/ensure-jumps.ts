import type { IpFamily } from "@kubenetsim/core/net/address";
import type { Kernel } from "@kubenetsim/netfilter/engine/kernel";
import type { Rule } from "@kubenetsim/netfilter/ruleset/rule";
import type { Chain, TableName } from "@kubenetsim/netfilter/ruleset/ruleset";
import { printRule } from "@kubenetsim/netfilter/text/iptables-print";
import { chain } from "@kubenetsim/proxy/iptables/masquerade-rules";
import { builtinsWithJumps, type StaticJump } from "@kubenetsim/proxy/iptables/static-jumps";

/**
 * EnsureChain and EnsureRule (pkg/util/iptables) for each jump: a missing target is made as an empty chain, a missing jump goes
 * before all other rules. What is there stays where it is.
 */
export function ensureJumps(kernel: Kernel, family: IpFamily, jumps: readonly StaticJump[]): void {
  for (const { table, to } of jumps) ensureChain(kernel, family, table, to);
  const tables = tablesOf(jumps).map((name) => ({
    name,
    chains: builtinsWithJumps(name, jumps).flatMap((wanted) =>
      withJumps(kernel.chain(family, name, wanted.name), wanted),
    ),
    deleted: [],
  }));
  if (tables.some(({ chains }) => chains.length > 0)) kernel.restore({ family, tables });
}

/** EnsureChain: an empty one where there is none. */
export function ensureChain(kernel: Kernel, family: IpFamily, table: TableName, name: string): void {
  if (kernel.chain(family, table, name) !== undefined) return;
  kernel.restore({ family, tables: [{ name: table, chains: [chain(name, [])], deleted: [] }] });
}

/** `iptables -D` for each jump that is there. */
export function removeJumps(kernel: Kernel, family: IpFamily, jumps: readonly StaticJump[]): void {
  const tables = tablesOf(jumps).map((name) => ({
    name,
    chains: builtinsWithJumps(name, jumps).flatMap((unwanted) =>
      lessJumps(kernel.chain(family, name, unwanted.name), unwanted),
    ),
    deleted: [],
  }));
  const changed = tables.filter(({ chains }) => chains.length > 0);
  if (changed.length > 0) kernel.restore({ family, tables: changed });
}

/** The built-in chain with the jumps that it lacks; nothing when it lacks none. */
function withJumps(there: Chain | undefined, wanted: Chain): Chain[] {
  if (there === undefined) return [wanted];
  const known = new Set(there.rules.map(textOf));
  const missing = wanted.rules.filter((rule) => !known.has(textOf(rule)));
  return missing.length === 0 ? [] : [{ ...there, rules: [...missing, ...there.rules] }];
}

function lessJumps(there: Chain | undefined, unwanted: Chain): Chain[] {
  if (there === undefined) return [];
  const gone = new Set(unwanted.rules.map(textOf));
  const rules = there.rules.filter((rule) => !gone.delete(textOf(rule)));
  return rules.length === there.rules.length ? [] : [{ ...there, rules }];
}

function tablesOf(jumps: readonly StaticJump[]): TableName[] {
  return [...new Set(jumps.map(({ table }) => table))];
}

function textOf(rule: Rule): string {
  return printRule(rule, "");
}
