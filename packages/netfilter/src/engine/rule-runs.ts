import { wordMask } from "@kubenetsim/core/net/cidr";
import type { Rule } from "../ruleset/rule.ts";
import { isPlainPort, transportNumbers } from "./match-encoder.ts";

/** What the index knows of a rule: a packet that differs in any of these cannot match it. */
export interface RunKey {
  readonly prefix: number;
  /** Masked by the prefix; empty for no destination. */
  readonly words: readonly number[];
  /** 0 for any. */
  readonly protocol: number;
  /** -1 for any. */
  readonly port: number;
  /** Matches that are evaluated before the port says no. */
  readonly cost: number;
}

/** Consecutive rules of a chain: those that an index can jump within, or one cascade of `statistic` rules. */
export interface Stretch {
  readonly kind: "run" | "cascade";
  readonly first: number;
  readonly count: number;
}

/** Below this an index costs more than it saves. */
const shortestRun = 4;
/** Each shape costs a look-up. */
const mostShapes = 6;

/** Finds the stretches of a chain; the rules between them are walked one by one. */
export function stretchesOf(rules: readonly Rule[]): Stretch[] {
  const stretches: Stretch[] = [];
  for (let first = 0; first < rules.length; ) {
    const run = runLength(rules, first);
    const cascade = run >= shortestRun ? 0 : cascadeLength(rules, first);
    if (run >= shortestRun) stretches.push({ kind: "run", first, count: run });
    else if (cascade > 0) stretches.push({ kind: "cascade", first, count: cascade });
    first += run >= shortestRun ? run : Math.max(1, cascade);
  }
  return stretches;
}

function runLength(rules: readonly Rule[], first: number): number {
  const shapes = new Set<string>();
  let end = first;
  for (; end < rules.length; end++) {
    const key = runKey(rules[end]!);
    if (key === undefined) break;
    shapes.add(shapeOf(key));
    if (shapes.size > mostShapes) break;
  }
  return end - first;
}

/** Rules of one shape can stand in one hash table. */
export function shapeOf(key: RunKey): string {
  return `${key.words.length === 0 ? -1 : key.prefix} ${key.protocol === 0} ${key.port < 0}`;
}

/**
 * The key of a rule that names a destination or a port outright and nothing else before it: no source, no device, no
 * negation, only comments before the port. Undefined for all others.
 */
export function runKey(rule: Rule): RunKey | undefined {
  if (rule.source !== undefined || rule.inDevice !== undefined || rule.outDevice !== undefined) return undefined;
  if (rule.destination?.negated || rule.protocol?.negated) return undefined;
  const protocol = rule.protocol?.number ?? 0;
  const prefix = rule.destination?.prefix ?? 0;
  const words = prefix === 0 ? [] : rule.destination!.words.map((word, i) => word & wordMask(prefix, i));
  const { port, cost } = portKey(rule, protocol);
  return words.length === 0 && port < 0 ? undefined : { prefix, words, protocol, port, cost };
}

function portKey(rule: Rule, protocol: number): { port: number; cost: number } {
  for (const [index, match] of rule.matches.entries()) {
    if (match.kind === "comment") continue;
    if (match.kind !== "tcp" && match.kind !== "udp" && match.kind !== "sctp") break;
    if (transportNumbers[match.kind] !== protocol || !isPlainPort(match.sourcePort, match.destinationPort)) break;
    return { port: match.destinationPort!.from, cost: index + 1 };
  }
  return { port: -1, cost: 0 };
}

/** How many rules from `first` on are one cascade: by chance alone, all of the same form. */
function cascadeLength(rules: readonly Rule[], first: number): number {
  const form = cascadeForm(rules[first]!);
  if (form === undefined) return 0;
  let end = first + 1;
  while (end < rules.length && cascadeForm(rules[end]!) === form) end++;
  return end - first;
}

/** A text that is equal for rules whose records have the same length and cost; undefined for a rule of no cascade. */
function cascadeForm(rule: Rule): string | undefined {
  if (rule.source !== undefined || rule.destination !== undefined || rule.protocol !== undefined) return undefined;
  if (rule.inDevice !== undefined || rule.outDevice !== undefined) return undefined;
  const others = rule.matches.filter((match) => match.kind !== "comment");
  const chance = others[0];
  if (others.length !== 1 || chance?.kind !== "statistic" || chance.mode !== "random" || chance.negated)
    return undefined;
  if (chance.probability31 <= 0 || chance.probability31 >= 2 ** 31) return undefined;
  const target = rule.target?.kind;
  return `${rule.matches.indexOf(chance)} ${rule.matches.length} ${target === "jump" ? "goto" : target}`;
}

/** The chance of a cascade's rule, from 0 to 1. */
export function chanceOf(rule: Rule): number {
  for (const match of rule.matches) {
    if (match.kind === "statistic" && match.mode === "random") return match.probability31 / 2 ** 31;
  }
  return 0;
}

/** Matches evaluated by a cascade's rule that the draw passes over. */
export function cascadeCost(rule: Rule): number {
  return rule.matches.findIndex((match) => match.kind === "statistic") + 1;
}
