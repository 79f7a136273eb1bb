import type { NftStatement } from "../../ruleset/nft-expression.ts";
import type { NftChain, NftCounter, NftDataType, NftElement, NftSet, NftTable } from "../../ruleset/nft-table.ts";
import type { NftChainCode, NftCount } from "./chain-code.ts";
import { keyOf } from "./element-key.ts";
import type { ElementSet } from "./element-set.ts";

/** What packets have made of a table's objects, by their names; undefined for what none has come to. */
export interface LiveState {
  readonly nowMs: number;
  code(chain: string): NftChainCode | undefined;
  set(set: string): ElementSet | undefined;
  count(counter: string): NftCount | undefined;
}

/** A table with its counters and elements as they stand now. Objects that no packet has changed are those of `table`. */
export function liveTable(table: NftTable, state: LiveState): NftTable {
  return {
    family: table.family,
    name: table.name,
    comment: table.comment,
    counters: mapValues(table.counters, (counter) => liveCounter(counter, state.count(counter.name))),
    sets: mapValues(table.sets, (set) => liveSet(set, state.set(set.name), state.nowMs)),
    chains: mapValues(table.chains, (chain) => liveChain(chain, state.code(chain.name))),
  };
}

function mapValues<T>(map: ReadonlyMap<string, T>, change: (value: T) => T): ReadonlyMap<string, T> {
  return new Map([...map].map(([key, value]) => [key, change(value)]));
}

function liveCounter(counter: NftCounter, count: NftCount | undefined): NftCounter {
  return count === undefined ? counter : { ...counter, ...count };
}

function liveChain(chain: NftChain, code: NftChainCode | undefined): NftChain {
  if (code === undefined || code.counters.length === 0) return chain;
  let next = 0;
  const counted = (statement: NftStatement): NftStatement => {
    if (statement.kind !== "counter") return statement;
    const count = code.counters[next++];
    return statement.name !== undefined || count === undefined ? statement : { ...statement, ...count };
  };
  const rules = chain.rules.map((rule) =>
    rule.statements.some(({ kind }) => kind === "counter")
      ? { ...rule, statements: rule.statements.map(counted) }
      : rule,
  );
  return { ...chain, rules };
}

function liveSet(set: NftSet, live: ElementSet | undefined, nowMs: number): NftSet {
  if (live === undefined || !live.limits.isLive) return set;
  const { name, type, data, flags, size, timeoutSeconds, comment } = set;
  const elements: NftElement[] = [];
  for (const [element, words, ms] of live.entries(nowMs)) {
    const expiresSeconds = ms === Number.POSITIVE_INFINITY ? undefined : ms / 1000;
    elements.push({ ...(element ?? dynamicElement(type, words)), expiresSeconds });
  }
  return { name, type, data, flags, size, timeoutSeconds, comment, elements };
}

function dynamicElement(types: readonly NftDataType[], words: readonly number[]): NftElement {
  return { key: keyOf(types, words), verdict: undefined, value: undefined, comment: undefined, origin: undefined };
}
