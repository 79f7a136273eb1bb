import type { NftBase, NftChain, NftCounter, NftFamily, NftRule, NftSet, NftTable } from "../ruleset/nft-table.ts";
import { parseChainBase } from "./nft-chain-parse.ts";
import { parseCounterObject, parseFamily } from "./nft-command-parse.ts";
import { parseSetBody } from "./nft-set-parse.ts";
import { parseRule } from "./nft-statement-parse.ts";
import { NftWords } from "./nft-words.ts";

interface TableDraft {
  readonly family: NftFamily;
  readonly name: string;
  comment: string | undefined;
  readonly counters: Map<string, NftCounter>;
  readonly sets: Map<string, NftSet>;
  readonly chains: Map<string, NftChain>;
}

/**
 * Reads what `nft list table` or `nft list ruleset` prints.
 *
 * @throws ParseError with the line; UnsupportedError for what is not modelled, by table, chain and line
 */
export function parseNftList(text: string, options: { source?: string } = {}): NftTable[] {
  const words = new NftWords(text, options.source ?? "nft", true);
  const tables: NftTable[] = [];
  for (words.skipLineEnds(); !words.done; words.skipLineEnds()) {
    words.expect("table");
    tables.push(parseTable(words));
  }
  return tables;
}

function parseTable(words: NftWords): NftTable {
  const family = parseFamily(words);
  const name = words.takeName("a table");
  words.table = `${family} ${name}`;
  words.chain = "";
  const table: TableDraft = {
    family,
    name,
    comment: undefined,
    counters: new Map(),
    sets: new Map(),
    chains: new Map(),
  };
  words.expect("{");
  for (words.skipLineEnds(); !words.accept("}"); words.skipLineEnds()) parseBlock(words, table);
  return table;
}

function parseBlock(words: NftWords, table: TableDraft): void {
  const kind = words.take("a set, a map or a chain");
  if (kind === "comment") {
    table.comment = words.takeComment();
    return;
  }
  if (kind !== "set" && kind !== "map" && kind !== "chain" && kind !== "counter") {
    throw words.unsupported(`nft object "${kind}"`);
  }
  const name = words.takeName("a name");
  const place = kind === "chain" ? table.chains : kind === "counter" ? table.counters : table.sets;
  if (place.has(name)) throw words.error(`${kind} ${name} comes twice`);
  if (kind === "counter") {
    table.counters.set(name, parseCounterObject(words, name));
    return;
  }
  words.expect("{");
  if (kind === "chain") table.chains.set(name, parseChain(words, name, table.family));
  else table.sets.set(name, parseSetBody(words, name, kind === "map"));
}

function parseChain(words: NftWords, name: string, family: NftFamily): NftChain {
  words.chain = name;
  let base: NftBase | undefined;
  let comment: string | undefined;
  const rules: NftRule[] = [];
  for (words.skipLineEnds(); !words.accept("}"); words.skipLineEnds()) {
    if (words.accept("comment")) comment = words.takeComment();
    else if (words.accept("type")) base = parseChainBase(words);
    else {
      const line = words.line;
      rules.push({ ...parseRule(words, family), origin: undefined, line });
    }
  }
  words.chain = "";
  return { name, base, comment, rules };
}
