import type { IpFamily } from "@kubenetsim/core/net/address";
import type { Counters, Rule } from "../ruleset/rule.ts";
import {
  builtinChains,
  type Chain,
  type RestoreInput,
  type RestoreTable,
  type Ruleset,
  type TableName,
} from "../ruleset/ruleset.ts";
import { type ChainDraft, checkJumps } from "./iptables-jumps.ts";
import { parseRule } from "./iptables-rule-parse.ts";
import { LineWords } from "./iptables-words.ts";

export interface ParseOptions {
  /** What the text is called in messages; `iptables-save` if not said. */
  readonly source?: string;
  /** `IPv4` if not said: the text itself does not tell when it has no address in it. */
  readonly family?: IpFamily;
  /** Names of the sets that are there: a rule that asks for another one is refused. Any name is taken if not said. */
  readonly sets?: ReadonlySet<string>;
}

interface TableDraft {
  readonly name: TableName;
  readonly chains: Map<string, ChainDraft>;
  readonly deleted: Set<string>;
  /** The chain of the line before: most often that of the next line too. */
  last: ChainDraft | undefined;
}

/**
 * Reads what `iptables-save` (either backend, with or without `-c`) or `ip6tables-save` prints, or any complete
 * `iptables-restore` input.
 *
 * @throws ParseError with the position of what cannot be read
 * @throws UnsupportedError naming a match, target or option that is not modelled, with table, chain and line
 * @example
 * parseIptablesSave("*nat\n:PREROUTING ACCEPT [0:0]\nCOMMIT\n").tables.get("nat");
 */
export function parseIptablesSave(text: string, options: ParseOptions = {}): Ruleset {
  const family = options.family ?? "IPv4";
  const line = new LineWords(options.source ?? "iptables-save", options.sets);
  const drafts = parseTables(text, line, family, false);
  const tables = [...drafts.values()].map((draft) => {
    const chains = new Map<string, Chain>([...draft.chains].map(([name, chain]) => [name, chain]));
    return [draft.name, { name: draft.name, chains }] as const;
  });
  return { family, tables: new Map(tables) };
}

/** Reads the input of `iptables-restore --noflush`: only what it names changes, `-X` deletes. Errors as above. */
export function parseRestoreInput(text: string, options: ParseOptions = {}): RestoreInput {
  const family = options.family ?? "IPv4";
  const line = new LineWords(options.source ?? "iptables-restore", options.sets);
  const drafts = parseTables(text, line, family, true);
  const tables = [...drafts.values()].map(
    (draft): RestoreTable => ({
      name: draft.name,
      chains: [...draft.chains.values()].filter((chain) => !draft.deleted.has(chain.name)),
      deleted: [...draft.deleted],
    }),
  );
  return { family, tables };
}

function parseTables(text: string, line: LineWords, family: IpFamily, partial: boolean): Map<TableName, TableDraft> {
  const tables = new Map<TableName, TableDraft>();
  let table: TableDraft | undefined;
  let number = 0;
  for (let at = 0; at < text.length; ) {
    const newline = text.indexOf("\n", at);
    const end = newline < 0 ? text.length : newline;
    number++;
    const start = at;
    const first = text.charCodeAt(start);
    at = end + 1;
    if (first === 35 || start === end) continue;
    line.split(text, start, end, number);
    if (line.done) continue;
    if (first === 42) table = startTable(line, tables);
    else if (table === undefined) throw line.error("a table (*nat, *filter, …) must come first", 0);
    else if (line.words[0] === "COMMIT") {
      if (!partial) checkJumps(text, line, table.chains);
      table = undefined;
    } else if (first === 58) readChainLine(line, table);
    else readCommand(line, table, family, partial);
  }
  if (table !== undefined) throw line.error(`table ${table.name} is not closed by COMMIT`, 0);
  return tables;
}

function startTable(line: LineWords, tables: Map<TableName, TableDraft>): TableDraft {
  const name = line.take("a table").slice(1);
  if (!Object.hasOwn(builtinChains, name)) throw line.error(`unknown table ${name}`);
  line.table = name;
  const table = tables.get(name as TableName) ?? {
    name: name as TableName,
    chains: new Map(),
    deleted: new Set(),
    last: undefined,
  };
  tables.set(table.name, table);
  return table;
}

/** `:CHAIN POLICY [packets:bytes]` */
function readChainLine(line: LineWords, table: TableDraft): void {
  const name = line.take("a chain").slice(1);
  const policy = line.take("a policy");
  const builtin = builtinChains[table.name].includes(name);
  if (policy !== "-" && policy !== "ACCEPT" && policy !== "DROP") throw line.error(`unknown policy ${policy}`);
  if (builtin === (policy === "-")) throw line.error(`chain ${name} cannot have the policy ${policy}`);
  if (name.length > 28) throw line.error(`chain name ${name} is longer than 28 characters`, 0);
  const counters = line.done ? undefined : parseCounters(line, line.take("counters"));
  table.last = undefined;
  table.chains.set(name, newChain(name, policy === "-" ? undefined : policy, counters));
}

const zero: Counters = Object.freeze({ packets: 0, bytes: 0 });

function parseCounters(line: LineWords, word: string): Counters {
  if (word === "[0:0]") return zero;
  const match = /^\[(\d+):(\d+)\]$/.exec(word);
  if (match === null) throw line.error(`counters are written [packets:bytes], not ${word}`);
  return { packets: Number(match[1]), bytes: Number(match[2]) };
}

/** `[p:b] -A CHAIN …`, `-I`, `-N`, `-X`. */
function readCommand(line: LineWords, table: TableDraft, family: IpFamily, partial: boolean): void {
  let word = line.take("a command");
  let counters: Counters | undefined;
  if (word.startsWith("[")) {
    counters = parseCounters(line, word);
    word = line.take("a command");
  }
  switch (word) {
    case "-A":
    case "--append":
      append(chainOf(line, table, partial), parseRule(line, family, counters));
      return;
    case "-I":
    case "--insert": {
      if (partial) throw line.unsupported("inserting into a chain that stays");
      const chain = chainOf(line, table, partial);
      const numbered = !line.done && /^\d+$/.test(line.words[line.next]!);
      const position = numbered ? line.number("a rule number", chain.rules.length + 1) : 1;
      chain.rules.splice(Math.max(0, position - 1), 0, parseRule(line, family, counters));
      return;
    }
    case "-N":
    case "--new-chain":
      table.chains.set(line.take("a chain"), newChain(line.words[1]!, undefined, undefined));
      return;
    case "-X":
    case "--delete-chain":
      if (!partial) throw line.unsupported("deleting a chain of a complete text");
      table.deleted.add(line.take("a chain"));
      return;
    default:
      throw line.unsupported(`iptables-restore command "${word}"`);
  }
}

function newChain(name: string, policy: Chain["policy"], counters: Counters | undefined): ChainDraft {
  return { name, policy, counters, rules: [] };
}

/** Most chains have one rule or two: theirs are arrays of just that length, `push` would take room for 17. */
function append(chain: ChainDraft, rule: Rule): void {
  const { rules } = chain;
  if (rules.length === 0) chain.rules = [rule];
  else if (rules.length === 1) chain.rules = [rules[0]!, rule];
  else rules.push(rule);
}

function chainOf(line: LineWords, table: TableDraft, partial: boolean): ChainDraft {
  const name = line.take("a chain");
  line.chain = name;
  const chain = table.last?.name === name ? table.last : table.chains.get(name);
  table.last = chain;
  if (chain === undefined) {
    if (partial) throw line.unsupported("appending to a chain that is not declared in the same input");
    throw line.error(`chain ${name} is not declared in table ${table.name}`);
  }
  return chain;
}
