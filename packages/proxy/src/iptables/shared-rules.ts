import type { Rule } from "@kubenetsim/netfilter/ruleset/rule";
import type { Chain } from "@kubenetsim/netfilter/ruleset/ruleset";
import type { Difference, SortedMap } from "../snapshot/sorted-map.ts";
import { chain } from "./masquerade-rules.ts";
import { type ServiceBlock, sharedRules, sharesSame } from "./service-block.ts";
import { type SharedChain, sharedChains } from "./shared-chains.ts";
import type { FixedChains } from "./top-level-chains.ts";

export type SharedRules = Readonly<Record<SharedChain, Chain>>;

const names = Object.keys(sharedChains) as SharedChain[];
/** From so many on, one pass over all Services is cheaper than to put each in its place. */
const manyChanges = 8;

/** The chains that all Services share, Service by Service. */
export function gatherShared(blocks: SortedMap<ServiceBlock>, fixed: FixedChains): SharedRules {
  const rules = newLists();
  for (const { values } of blocks.leaves) {
    for (const { ports } of values) {
      for (const { frontends } of ports) for (const one of frontends) rules[one.chain].push(one.rule);
    }
  }
  return asChains(rules, fixed);
}

/**
 * The same after some blocks changed. A chain to which these add what they added before is the same object as before: its
 * code in the kernel stays.
 */
export function updateShared(
  shared: SharedRules,
  changes: readonly Difference<ServiceBlock>[],
  blocks: SortedMap<ServiceBlock>,
  fixed: FixedChains,
): SharedRules {
  const altering = changes.filter(({ before, after }) => !before || !after || !sharesSame(before, after));
  if (altering.length === 0) return shared;
  if (altering.length > manyChanges) return gatherShared(blocks, fixed);
  const next: Record<SharedChain, Chain> = { ...shared };
  for (const { key, before, after } of altering) {
    for (const name of names) next[name] = withRules(next[name], key, rulesOf(before, name), rulesOf(after, name));
  }
  return next;
}

function rulesOf(block: ServiceBlock | undefined, name: SharedChain): readonly Rule[] {
  return block === undefined ? [] : sharedRules(block, name);
}

/** The chain with a Service's rules in the place of its earlier ones. */
function withRules(one: Chain, key: string, before: readonly Rule[], after: readonly Rule[]): Chain {
  if (before.length === after.length && before.every((rule, i) => rule === after[i])) return one;
  return chain(one.name, one.rules.toSpliced(placeOf(one.rules, `Service ${key}`), before.length, ...after));
}

/** Where a Service's rules begin, or would: Services are sorted by name, and what is nobody's stands behind them. */
function placeOf(rules: readonly Rule[], object: string): number {
  let low = 0;
  let high = rules.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const { origin } = rules[middle]!;
    if (origin?.servicePort !== undefined && origin.object < object) low = middle + 1;
    else high = middle;
  }
  return low;
}

function newLists(): Record<SharedChain, Rule[]> {
  return Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<SharedChain, Rule[]>;
}

function asChains(rules: Record<SharedChain, Rule[]>, { nodePortJumps }: FixedChains): SharedRules {
  rules.natServices.push(...nodePortJumps);
  const chains = names.map((name) => [name, chain(sharedChains[name].name, rules[name])]);
  return Object.fromEntries(chains) as SharedRules;
}
