import { nearestWord } from "@kubenetsim/core/apiserver/nearest-word";
import type { Counters, Rule } from "../ruleset/rule.ts";
import type { Chain } from "../ruleset/ruleset.ts";
import { otherTargets } from "../ruleset/target.ts";
import type { LineWords } from "./iptables-words.ts";

/** A chain of a text that is being read. */
export interface ChainDraft {
  readonly name: string;
  policy: Chain["policy"];
  counters: Counters | undefined;
  rules: Rule[];
}

type Chains = ReadonlyMap<string, ChainDraft>;

/**
 * What iptables-restore and the kernel ask of a table's jumps: they go to chains of the table, and from the built-in ones no
 * packet can go round in them. A loop that nothing jumps to is let be.
 *
 * @throws ParseError at the first rule that makes it wrong
 * @throws UnsupportedError for a target that is no chain but an extension
 */
export function checkJumps(text: string, line: LineWords, chains: Chains): void {
  const all = [...chains.values()];
  const chainOf = (name: string, chain: ChainDraft, rule: Rule): ChainDraft => {
    const known = chains.get(name);
    if (known === undefined || known.policy !== undefined) refuseTarget(text, line, chain, rule, chains);
    return known;
  };
  if (hasLoop(all, chainOf) && hasLoop(all.filter(isBase), chainOf)) refuseLoop(text, line, all, chains);
}

function isBase({ policy }: ChainDraft): boolean {
  return policy !== undefined;
}

/** The chain that a rule jumps or goes to. */
function targetChain({ target }: Rule): string | undefined {
  return target?.kind === "jump" || target?.kind === "goto" ? target.chain : undefined;
}

function refuseTarget(text: string, line: LineWords, chain: ChainDraft, rule: Rule, chains: Chains): never {
  const name = targetChain(rule)!;
  const word = toTargetWord(text, line, chain, rule);
  if (chains.has(name)) throw line.error(`chain ${name} is built in, no rule can jump to it`, word);
  if (rule.target?.kind === "jump" && otherTargets.has(name)) throw line.unsupported(`iptables target "${name}"`, word);
  const near = nearestWord(name, [...chains.keys()]);
  throw line.error(`chain ${name} does not exist`, word, near === undefined ? undefined : `did you mean ${near}?`);
}

/** `Too many links`: the kernel looks at all ways from the built-in chains after each rule that jumps. */
function refuseLoop(text: string, line: LineWords, all: readonly ChainDraft[], chains: Chains): never {
  const jumps = all
    .flatMap((chain) => chain.rules.map((rule) => ({ chain, rule })))
    .filter(({ rule }) => targetChain(rule) !== undefined)
    .sort((a, b) => a.rule.line! - b.rule.line!);
  const bases = all.filter(isBase);
  let [before, first] = [-1, jumps.length - 1];
  while (first - before > 1) {
    const middle = (first + before) >> 1;
    const last = jumps[middle]!.rule.line!;
    const upTo = (name: string, _: ChainDraft, rule: Rule) => (rule.line! > last ? undefined : chains.get(name));
    if (hasLoop(bases, upTo)) first = middle;
    else before = middle;
  }
  const { chain, rule } = jumps[first]!;
  const word = toTargetWord(text, line, chain, rule);
  throw line.error(`chain ${chain.name} jumps to ${targetChain(rule)}: packets would go round in a loop`, word);
}

/** Is there a loop in what these chains lead to? `chainOf` gives where a rule leads, undefined for one that does not count. */
function hasLoop(
  from: readonly ChainDraft[],
  chainOf: (name: string, chain: ChainDraft, rule: Rule) => ChainDraft | undefined,
): boolean {
  /** False while the way leads through it. */
  const left = new Map<ChainDraft, boolean>();
  let found = false;
  for (const start of from) {
    if (left.has(start)) continue;
    const way = [{ chain: start, next: 0 }];
    left.set(start, false);
    for (let at = way.at(-1); at !== undefined; at = way.at(-1)) {
      const rule = at.chain.rules[at.next++];
      if (rule === undefined) {
        left.set(at.chain, true);
        way.pop();
        continue;
      }
      const name = targetChain(rule);
      const chain = name === undefined ? undefined : chainOf(name, at.chain, rule);
      if (chain === undefined) continue;
      const isLeft = left.get(chain);
      if (isLeft === false) found = true;
      if (isLeft !== undefined) continue;
      left.set(chain, false);
      way.push({ chain, next: 0 });
    }
  }
  return found;
}

/** Puts the rule's line into `line`; the index of its target's word. */
function toTargetWord(text: string, line: LineWords, chain: ChainDraft, rule: Rule): number {
  let start = 0;
  for (let number = 1; number < rule.line!; number++) start = text.indexOf("\n", start) + 1;
  const newline = text.indexOf("\n", start);
  line.chain = chain.name;
  line.split(text, start, newline < 0 ? text.length : newline, rule.line!);
  const words = line.words.slice(0, line.count);
  return words.findIndex((word) => ["-j", "--jump", "-g", "--goto"].includes(word)) + 1;
}
