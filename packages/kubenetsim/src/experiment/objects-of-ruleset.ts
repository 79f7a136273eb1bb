import type { Ruleset } from "@kubenetsim/netfilter/ruleset/ruleset";

/** Chains and their rules. */
export function objectsOfRuleset({ tables }: Pick<Ruleset, "tables">): number {
  let count = 0;
  for (const { chains } of tables.values()) for (const { rules } of chains.values()) count += 1 + rules.length;
  return count;
}
