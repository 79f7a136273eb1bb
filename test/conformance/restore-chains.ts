import type { Chain, Ruleset } from "@kubenetsim/netfilter/ruleset/ruleset";
import { restoreWords } from "@kubenetsim/proxy/iptables/restore-words";
import { firstDifference } from "./first-difference.ts";
import type { RecordedChains } from "./kube-proxy-case.ts";

/** A table's chains less the built-in ones and the canary, which kube-proxy makes by other means than iptables-restore. */
export interface WrittenTable {
  readonly name: string;
  readonly chains: Iterable<Chain>;
}

export function writtenTables(ruleset: Ruleset): WrittenTable[] {
  return [...ruleset.tables.values()].map(({ name, chains }) => ({
    name,
    chains: [...chains.values()].filter((chain) => chain.policy === undefined && chain.name !== "KUBE-PROXY-CANARY"),
  }));
}

/**
 * The first difference between recorded chains and written ones. The rules of chains in `unordered` compare as sets, with
 * the one that says it must be the last at the end.
 */
export function chainsDifference(
  expected: RecordedChains,
  written: readonly WrittenTable[],
  unordered: ReadonlySet<string>,
  rewrite: (rule: string) => string = (rule) => rule,
): string | undefined {
  for (const table of new Set([...Object.keys(expected), ...written.map((one) => one.name)])) {
    const actual = new Map<string, readonly string[]>();
    for (const chain of written.find((one) => one.name === table)?.chains ?? []) {
      actual.set(
        chain.name,
        chain.rules.map((rule) => rewrite(restoreWords(rule))),
      );
    }
    const recorded = expected[table] ?? {};
    const names = [...new Set([...Object.keys(recorded), ...actual.keys()])].sort();
    for (const name of names) {
      if (recorded[name] === undefined) return `${table} ${name}: not among the recorded chains`;
      if (!actual.has(name)) return `${table} ${name}: is missing`;
      const free = unordered.has(name);
      const difference = firstDifference(comparable(recorded[name], free), comparable(actual.get(name)!, free));
      if (difference !== undefined) return `${table} ${name} ${difference}`;
    }
  }
  return undefined;
}

/** A single address is the same with and without its /32, and a mark the same with fewer zeros. */
function comparable(rules: readonly string[], unordered: boolean): string[] {
  const plain = rules.map((rule) => rule.replace(/\/(32|128)(?= )/g, "").replace(/\b0x0+(?=[0-9a-f])/g, "0x"));
  if (!unordered) return plain;
  const isLast = (rule: string): boolean => rule.includes("must be the last rule");
  return [...plain.filter((rule) => !isLast(rule)).sort(), ...plain.filter(isLast).sort()];
}
