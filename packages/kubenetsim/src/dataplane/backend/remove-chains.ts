import type { IpFamily } from "@kubenetsim/core/net/address";
import type { Kernel } from "@kubenetsim/netfilter/engine/kernel";
import type { Table, TableName } from "@kubenetsim/netfilter/ruleset/ruleset";
import { chain } from "@kubenetsim/proxy/iptables/masquerade-rules";
import { error, type LogLine } from "@kubenetsim/proxy/log/log-line";

/**
 * A clean-up by one `iptables-restore` of a table: those of its chains that are meant are emptied and deleted, all or none.
 * It fails, and kube-proxy goes on, when a rule of another chain still jumps to one of them. Returns what is logged then;
 * the error's own text, which names a line of an input that Go's maps order, is left out.
 */
export function removeChains(
  kernel: Kernel,
  family: IpFamily,
  name: TableName,
  isMeant: (chain: string) => boolean,
): LogLine[] {
  const table = kernel.ruleset(family).tables.get(name);
  if (table === undefined) return [];
  const deleted = [...table.chains.keys()].filter(isMeant);
  if (isUsed(table, new Set(deleted), new Set(deleted))) {
    return [error("Failed to execute iptables-restore", { table: name })];
  }
  kernel.removeChains(family, name, deleted);
  return [];
}

/** A clean-up by `iptables -F` for each chain, and then `iptables -X` for each: one that is still in use stays, empty, and is logged. */
export function removeChainByChain(
  kernel: Kernel,
  family: IpFamily,
  name: TableName,
  meant: readonly string[],
): LogLine[] {
  const table = kernel.ruleset(family).tables.get(name);
  if (table === undefined) return [];
  const there = meant.filter((one) => table.chains.has(one));
  const deleted = there.filter((one) => !isUsed(table, new Set([one]), new Set(there)));
  const chains = there.map((one) => chain(one, []));
  kernel.restore({ family, tables: [{ name, chains, deleted: [] }] });
  kernel.removeChains(family, name, deleted);
  return there.slice(deleted.length).map(() => error("Error removing iptables rules in ipvs proxier"));
}

/** Does a rule of a chain that is not emptied jump to one of these? */
function isUsed({ chains }: Table, targets: ReadonlySet<string>, emptied: ReadonlySet<string>): boolean {
  for (const { name, rules } of chains.values()) {
    if (emptied.has(name)) continue;
    for (const { target } of rules) {
      if ((target?.kind === "jump" || target?.kind === "goto") && targets.has(target.chain)) return true;
    }
  }
  return false;
}
