import type { NftTable } from "@kubenetsim/netfilter/ruleset/nft-table";
import type { NftCommand, NftTransaction } from "@kubenetsim/netfilter/ruleset/nft-transaction";
import { printNftTransaction } from "@kubenetsim/netfilter/text/nft-command-print";
import { firstDifference } from "./first-difference.ts";

/** The first difference between recorded `add …` lines and a table; their order counts among the rules of one chain only. */
export function nftRulesetDifference(recorded: readonly string[], table: NftTable): string | undefined {
  const lines = printNftTransaction(creationOf(table));
  return firstDifference(comparable(recorded), comparable(lines.trimEnd().split("\n")));
}

function* contentOf(table: NftTable): Generator<NftCommand> {
  yield { verb: "add", object: "table", comment: table.comment };
  for (const chain of table.chains.values()) yield { verb: "add", object: "chain", chain };
  for (const set of table.sets.values()) yield { verb: "add", object: "set", set };
  for (const counter of table.counters.values()) yield { verb: "add", object: "counter", counter };
  for (const { name: chain, rules } of table.chains.values()) {
    for (const rule of rules) yield { verb: "add", object: "rule", chain, rule };
  }
  for (const { name: set, elements } of table.sets.values()) {
    for (const element of elements) yield { verb: "add", object: "element", set, element };
  }
}

/** Makes the table, where there is none, and all that is in it. */
export function creationOf(table: NftTable): NftTransaction {
  return { family: table.family, table: table.name, commands: [...contentOf(table)] };
}

/** Sorted by object; the rules of a chain keep their order. A mark is the same with fewer zeros. */
function comparable(lines: readonly string[]): string[] {
  const plain = lines.map((line) => line.replace(/\b0x0+(?=[0-9a-f])/g, "0x"));
  const isRule = (line: string): boolean => line.startsWith("add rule ");
  const rules = plain.filter(isRule).map((line) => ({ line, chain: line.split(" ")[4]! }));
  const byChain = rules.sort((a, b) => (a.chain < b.chain ? -1 : a.chain > b.chain ? 1 : 0));
  return [...plain.filter((line) => !isRule(line)).sort(), ...byChain.map(({ line }) => line)];
}
