import type { NftChain, NftCounter, NftFamily, NftRule, NftSet, NftTable } from "../ruleset/nft-table.ts";
import { formatNftDuration } from "./nft-duration.ts";
import { elementOrder } from "./nft-element-order.ts";
import { listedStatements } from "./nft-listed-rule.ts";
import { formatNftPriority } from "./nft-priority.ts";
import { kindsOfTypes, type NftValueKind } from "./nft-value-kind.ts";
import { elementText } from "./nft-value-print.ts";

/**
 * What `nft list table` of nft 1.0.6 prints: counters, sets and maps, then chains, each in the order of creation, elements in
 * nft's own order.
 */
export function printNftList(table: NftTable): string {
  const blocks = [
    ...[...table.counters.values()].map(counterBlock),
    ...[...table.sets.values()].map(setBlock),
    ...[...table.chains.values()].map((chain) => chainBlock(chain, table.family)),
  ];
  const comment = table.comment === undefined ? "" : `\tcomment "${table.comment}"\n`;
  return `table ${table.family} ${table.name} {\n${comment}${blocks.map(blockText).join("\n")}}\n`;
}

/** One counter, set, map or chain of a listing. */
export interface ListBlock {
  /** `set cluster-ips`. */
  readonly title: string;
  readonly lines: readonly string[];
  /** Of a set or map, in nft's order. */
  readonly elements: readonly string[];
  readonly perLine: number;
}

function blockText(block: ListBlock): string {
  const lines = block.lines.map((line) => `\t\t${line}\n`).join("");
  return `\t${block.title} {\n${lines}${elementLines(block)}\t}\n`;
}

/** `elements = { … }` over several lines, which start under the first element. */
function elementLines({ elements, perLine }: ListBlock): string {
  if (elements.length === 0) return "";
  let text = "\t\telements = { ";
  for (const [i, element] of elements.entries()) {
    if (i > 0) text += i % perLine === 0 ? ",\n\t\t\t     " : ", ";
    text += element;
  }
  return `${text} }\n`;
}

export function counterBlock(counter: NftCounter): ListBlock {
  const lines = [...commentLine(counter.comment), `packets ${counter.packets} bytes ${counter.bytes}`];
  return { title: `counter ${counter.name}`, lines, elements: [], perLine: 1 };
}

export function setBlock(set: NftSet): ListBlock {
  const data = set.data === undefined ? "" : ` : ${set.data === "verdict" ? "verdict" : set.data.join(" . ")}`;
  const lines = [
    `type ${set.type.join(" . ")}${data}`,
    ...(set.size === undefined ? [] : [`size ${set.size}`]),
    ...flagLine(set),
    ...(set.timeoutSeconds === undefined ? [] : [`timeout ${formatNftDuration(set.timeoutSeconds)}`]),
    ...commentLine(set.comment),
  ];
  const kinds = kindsOfTypes(set.type);
  const compare = elementOrder(kinds, set.flags.includes("interval"));
  const elements = [...set.elements].sort((a, b) => compare(a.key, b.key)).map((one) => elementText(one, "listed"));
  const title = `${set.data === undefined ? "set" : "map"} ${set.name}`;
  return { title, lines, elements, perLine: elementsPerLine(kinds) };
}

function elementsPerLine(kinds: readonly NftValueKind[]): number {
  if (kinds.length > 1 || kinds[0] === "ipv6" || kinds[0] === "device") return 1;
  return kinds[0] === "ipv4" ? 2 : 5;
}

const flagOrder = ["constant", "dynamic", "interval", "timeout"] as const;

/** A default timeout says already that there are timeouts, so that this flag alone is not printed. */
function flagLine(set: NftSet): string[] {
  const flags = new Set(set.flags);
  if (set.timeoutSeconds !== undefined) flags.add("timeout");
  const said = set.timeoutSeconds !== undefined && flags.size === 1;
  return flags.size === 0 || said ? [] : [`flags ${flagOrder.filter((flag) => flags.has(flag)).join(",")}`];
}

export function chainBlock(chain: NftChain, family: NftFamily): ListBlock {
  const lines = [...commentLine(chain.comment)];
  if (chain.base !== undefined) {
    const { type, hook, priority, policy } = chain.base;
    lines.push(`type ${type} hook ${hook} priority ${formatNftPriority(priority, hook)}; policy ${policy};`);
  }
  for (const rule of chain.rules) lines.push(listedRule(rule, family));
  return { title: `chain ${chain.name}`, lines, elements: [], perLine: 1 };
}

/** One rule as `nft list` prints it: `meta l4proto tcp dnat to 10.0.0.1:80`. */
export function listedRule(rule: NftRule, family: NftFamily): string {
  const comment = rule.comment === undefined ? "" : ` comment "${rule.comment}"`;
  return listedStatements(rule.statements, family) + comment;
}

function commentLine(comment: string | undefined): string[] {
  return comment === undefined ? [] : [`comment "${comment}"`];
}
