import type { Rule } from "@kubenetsim/netfilter/ruleset/rule";
import { builtinChains, type Chain, type RestoreTable, type TableName } from "@kubenetsim/netfilter/ruleset/ruleset";
import { restoreWords } from "../iptables/restore-words.ts";

/** Where a rule goes that is not there yet. */
export type RulePosition = "prepend" | "append";

/** Reads a chain of the host; undefined when there is none of that name. */
export type ChainReader = (table: TableName, chain: string) => Chain | undefined;

/**
 * Runs of the program `iptables`, one rule each, as pkg/util/iptables wraps them. What they come to is kept together and
 * handed over as one restore input.
 */
export class IptablesCommand {
  readonly #read: ChainReader;
  /** Rules by their words, in order; of those chains that have been touched. */
  readonly #chains = new Map<string, EditedChain>();
  #runs = 0;

  constructor(read: ChainReader) {
    this.#read = read;
  }

  /** How often the program has run. */
  get runs(): number {
    return this.#runs;
  }

  /** `iptables -N`, which fails where there is one. */
  ensureChain(table: TableName, name: string): void {
    this.#runs++;
    const chain = this.#chain(table, name);
    if (chain.exists) return;
    chain.exists = true;
    chain.changed = true;
  }

  /** `iptables -F`. */
  flushChain(table: TableName, name: string): void {
    this.#runs++;
    const chain = this.#chain(table, name);
    if (chain.rules.size === 0) return;
    chain.rules = new Map();
    chain.changed = true;
  }

  /** `iptables -C`, and `-I` or `-A` when it is not there. */
  ensureRule(position: RulePosition, table: TableName, name: string, rule: Rule): void {
    const chain = this.#chain(table, name);
    const words = restoreWords(rule);
    this.#runs++;
    if (chain.rules.has(words)) return;
    this.#runs++;
    if (position === "append") chain.rules.set(words, rule);
    else chain.rules = new Map([[words, rule], ...chain.rules]);
    chain.changed = true;
  }

  /** `iptables -C`, and `-D` when it is there. */
  deleteRule(table: TableName, name: string, rule: Rule): void {
    const chain = this.#chain(table, name);
    this.#runs++;
    if (!chain.rules.delete(restoreWords(rule))) return;
    this.#runs++;
    chain.changed = true;
  }

  /** `iptables -X`, if there is such a chain. */
  deleteChain(table: TableName, name: string): void {
    this.#runs++;
    const chain = this.#chain(table, name);
    if (!chain.exists) return;
    chain.exists = false;
    chain.changed = true;
  }

  /** The chains that have changed, whole. */
  changes(): RestoreTable[] {
    const tables = new Map<TableName, { chains: Chain[]; deleted: string[] }>();
    for (const { table, name, policy, exists, changed, rules } of this.#chains.values()) {
      if (!changed) continue;
      const of = tables.get(table) ?? { chains: [], deleted: [] };
      tables.set(table, of);
      if (exists) of.chains.push({ name, policy, counters: undefined, rules: [...rules.values()] });
      else of.deleted.push(name);
    }
    return [...tables].map(([name, parts]) => ({ name, ...parts }));
  }

  #chain(table: TableName, name: string): EditedChain {
    const key = `${table} ${name}`;
    const known = this.#chains.get(key);
    if (known !== undefined) return known;
    const there = this.#read(table, name);
    const isBuiltin = builtinChains[table].includes(name);
    const chain: EditedChain = {
      table,
      name,
      policy: there?.policy ?? (isBuiltin ? "ACCEPT" : undefined),
      exists: there !== undefined || isBuiltin,
      changed: false,
      rules: byWords(there?.rules ?? []),
    };
    this.#chains.set(key, chain);
    return chain;
  }
}

interface EditedChain {
  readonly table: TableName;
  readonly name: string;
  readonly policy: Chain["policy"];
  exists: boolean;
  changed: boolean;
  rules: Map<string, Rule>;
}

/** Of rules that are there twice, the second one gets a key of its own: only the first is ever looked for. */
function byWords(rules: readonly Rule[]): Map<string, Rule> {
  const map = new Map<string, Rule>();
  for (const rule of rules) {
    let words = restoreWords(rule);
    while (map.has(words)) words += " ";
    map.set(words, rule);
  }
  return map;
}
