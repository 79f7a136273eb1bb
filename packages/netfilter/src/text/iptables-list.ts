import { formatAddress } from "@kubenetsim/core/net/address";
import { formatCidr } from "@kubenetsim/core/net/cidr";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { AddressCondition, Counters, DeviceCondition, Rule } from "../ruleset/rule.ts";
import { builtinChains, type Chain, type Ruleset, type TableName } from "../ruleset/ruleset.ts";
import { describeMatch, describeTarget } from "./iptables-list-match.ts";
import { orderChains, printRule } from "./iptables-print.ts";

export interface ListOptions {
  /** `-v`: counters and devices. */
  readonly verbose?: boolean;
  /** `-x`: counters as they are, not in K, M and G. */
  readonly exact?: boolean;
  /** `--line-numbers` */
  readonly numbers?: boolean;
  /** One chain instead of all. */
  readonly chain?: string | undefined;
}

/**
 * What `iptables -L -n -t TABLE` of 1.8.9 prints: a paragraph for each chain, built-in ones first, the others by name
 * (iptables/nft.c and iptables/xshared.c, print_header and print_rule_details).
 *
 * @example printIptablesList(kernel.ruleset("IPv4"), "nat", { verbose: true, chain: "KUBE-SERVICES" });
 * @throws ParseError with iptables' message for a chain that is not there
 */
export function printIptablesList(ruleset: Ruleset, table: TableName, options: ListOptions = {}): string {
  const chains = chainsOf(ruleset, table);
  const references = referencesIn(chains);
  const paragraphs = chosenChains(chains, table, options.chain).map((chain) => {
    const rules = chain.rules.map((rule, i) => `${ruleLine(rule, i + 1, ruleset, options)}\n`);
    return `${chainLine(chain, references.get(chain.name) ?? 0, options)}\n${header(options)}\n${rules.join("")}`;
  });
  return paragraphs.join("\n");
}

/** What `iptables -S -t TABLE` prints: the rules as commands that would make them. */
export function printIptablesRules(ruleset: Ruleset, table: TableName, chain?: string): string {
  const chains = chosenChains(chainsOf(ruleset, table), table, chain);
  const made = chains.map(({ name, policy }) => (policy === undefined ? `-N ${name}` : `-P ${name} ${policy}`));
  const rules = chains.flatMap(({ name, rules }) => rules.map((rule) => printRule(rule, name)));
  return [...made, ...rules].map((line) => `${line}\n`).join("");
}

/** Of a table that nobody has written into its built-in chains are there all the same. */
function chainsOf({ tables }: Ruleset, name: TableName): Chain[] {
  const written = tables.get(name)?.chains ?? new Map<string, Chain>();
  const builtin = builtinChains[name].map(
    (chain): Chain => written.get(chain) ?? { name: chain, policy: "ACCEPT", counters: undefined, rules: [] },
  );
  return orderChains({ name, chains: new Map([...builtin.map((chain) => [chain.name, chain] as const), ...written]) });
}

function chosenChains(chains: readonly Chain[], table: TableName, name: string | undefined): readonly Chain[] {
  if (name === undefined) return chains;
  const chosen = chains.filter((chain) => chain.name === name);
  if (chosen.length > 0) return chosen;
  const message = `chain \`${name}' in table \`${table}' is incompatible, use 'nft' tool.`;
  throw new ParseError(`iptables v1.8.9 (nf_tables): ${message}`);
}

/** How many rules lead to each chain. */
function referencesIn(chains: readonly Chain[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { target } of chains.flatMap(({ rules }) => rules)) {
    if (target?.kind !== "jump" && target?.kind !== "goto") continue;
    counts.set(target.chain, (counts.get(target.chain) ?? 0) + 1);
  }
  return counts;
}

function chainLine({ name, policy, counters }: Chain, references: number, { verbose, exact }: ListOptions): string {
  if (policy === undefined) return `Chain ${name} (${references} references)`;
  const { packets, bytes } = counters ?? none;
  const count = (number: number): string => (exact ? String(number) : shortCount(number));
  return `Chain ${name} (policy ${policy}${verbose ? ` ${count(packets)} packets, ${count(bytes)} bytes` : ""})`;
}

function header({ verbose, exact, numbers }: ListOptions): string {
  const counts = exact ? "    pkts      bytes " : " pkts bytes ";
  const devices = verbose ? "in     out     " : "";
  return `${numbers ? "num  " : ""}${verbose ? counts : ""}target     prot opt ${devices}source               destination         `;
}

const none: Counters = { packets: 0, bytes: 0 };

function ruleLine(rule: Rule, number: number, { family }: Ruleset, { verbose, exact, numbers }: ListOptions): string {
  const { protocol, target, matches } = rule;
  const anywhere = family === "IPv6" ? "::/0" : "0.0.0.0/0";
  const { packets, bytes } = rule.counters ?? none;
  const count = (value: number): string => (exact ? String(value).padStart(8) : shortCount(value).padStart(5));
  const isNegated = protocol?.negated && protocol.number !== 0;
  let line = numbers ? `${String(number).padEnd(4)} ` : "";
  if (verbose) line += `${count(packets)} ${count(bytes)} `;
  line += `${targetName(rule).padEnd(9)} ${isNegated ? "!" : " "}${String(protocol?.number ?? 0).padEnd(4)} -- `;
  if (verbose) line += ` ${device(rule.inDevice)} ${device(rule.outDevice)} `;
  line += `${address(rule.source, anywhere)} ${address(rule.destination, anywhere)} `;
  if (target?.kind === "goto") line += "[goto] ";
  for (const match of matches) line += describeMatch(match);
  return target === undefined ? line : line + describeTarget(target);
}

function targetName({ target }: Rule): string {
  if (target === undefined) return "";
  return target.kind === "jump" || target.kind === "goto" ? target.chain : target.kind;
}

function device(condition: DeviceCondition | undefined): string {
  return `${condition?.negated ? "!" : ""}${condition?.name ?? "*"}`.padEnd(6);
}

/** With a blank or `!` before it. */
function address(condition: AddressCondition | undefined, anywhere: string): string {
  if (condition === undefined || (condition.prefix === 0 && !condition.negated)) return ` ${anywhere.padEnd(19)}`;
  const isHost = condition.prefix === 32 * condition.words.length;
  const text = isHost ? formatAddress(condition.words) : formatCidr(condition);
  return `${condition.negated ? "!" : " "}${text.padEnd(19)}`;
}

/** libxtables/xtables.c, xtables_print_num: what has more than five digits in thousands, and so on, rounded. */
function shortCount(value: number): string {
  if (value <= 99_999) return String(value);
  let rest = value;
  for (const unit of ["K", "M", "G"]) {
    rest = Math.floor((rest + 500) / 1000);
    if (rest <= 9999) return `${rest}${unit}`;
  }
  return `${Math.floor((rest + 500) / 1000)}T`;
}
