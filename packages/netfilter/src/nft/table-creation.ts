import type { NftTable } from "../ruleset/nft-table.ts";
import type { NftCommand, NftTransaction } from "../ruleset/nft-transaction.ts";

/**
 * The transaction that makes this table where there is none, for instance of one read from `nft list`.
 *
 * @example
 *   for (const table of parseNftList(text)) store.apply(tableCreation(table));
 */
export function tableCreation(table: NftTable): NftTransaction {
  const commands: NftCommand[] = [{ verb: "add", object: "table", comment: table.comment }];
  for (const counter of table.counters.values()) commands.push({ verb: "add", object: "counter", counter });
  for (const { elements: _, ...set } of table.sets.values()) commands.push({ verb: "add", object: "set", set });
  for (const { rules: _, ...chain } of table.chains.values()) commands.push({ verb: "add", object: "chain", chain });
  for (const { name, rules } of table.chains.values()) {
    for (const rule of rules) commands.push({ verb: "add", object: "rule", chain: name, rule });
  }
  for (const { name, elements } of table.sets.values()) {
    for (const element of elements) commands.push({ verb: "add", object: "element", set: name, element });
  }
  return { family: table.family, table: table.name, commands };
}
