import type { NftRule } from "../../ruleset/nft-table.ts";
import type { ElementSet } from "./element-set.ts";
import type { NftHash } from "./hash-number.ts";

/** A key and the set that it is looked up in. */
export interface NftLookup {
  /** Fields of the key, `nftFieldLength` words each. */
  readonly key: Int32Array;
  readonly width: number;
  /** Id of a set with a name, or -1 for one that the rule writes out. */
  readonly set: number;
  readonly own: ElementSet | undefined;
  /** Of a map of numbers of `numgen` or `jhash` that the rule writes out the action of each, or `noElement`. */
  readonly numbers: Int32Array | undefined;
  /** The number that `numbers` begins with. */
  readonly offset: number;
  /** Of a `dnat` map, by action: four address words, then the port or -1. */
  readonly endpoints: Int32Array;
}

/** Stands for an action where a set has no element for a key. */
export const noElement = -2;
export const endpointLength = 5;

/** One chain as code. Counters and increments change, everything else is for good. */
export class NftChainCode {
  readonly id: number;
  readonly rules: readonly NftRule[];
  readonly words: Int32Array;
  readonly lookups: readonly NftLookup[];
  /** Packets and bytes each; those with a name are the program's. */
  readonly counters: readonly NftCount[];
  readonly hashes: readonly NftHash[];
  /** Of each `numgen inc` the last number, without its offset. */
  readonly increments: Int32Array;
  /** The rule that each of them stands in. */
  readonly incrementRules: readonly number[];

  constructor(parts: Omit<NftChainCode, "fork" | "continue">) {
    this.id = parts.id;
    this.rules = parts.rules;
    this.words = parts.words;
    this.lookups = parts.lookups;
    this.counters = parts.counters;
    this.hashes = parts.hashes;
    this.increments = parts.increments;
    this.incrementRules = parts.incrementRules;
  }

  /** Takes over what rules have counted that stood in the chain before it was compiled anew. */
  continue(old: NftChainCode): void {
    const changed = old.rules.findIndex((rule, i) => rule !== this.rules[i]);
    const kept = changed < 0 ? old.rules.length : changed;
    let next = 0;
    for (const rule of old.rules.slice(0, kept)) {
      for (const statement of rule.statements) if (statement.kind === "counter") this.#take(old, next++);
    }
    for (const [i, rule] of old.incrementRules.entries()) {
      if (rule < kept) this.increments[i] = old.increments[i]!;
    }
  }

  #take(old: NftChainCode, index: number): void {
    const count = old.counters[index]!;
    if (count !== this.counters[index]) Object.assign(this.counters[index]!, count);
  }

  /** Itself where nothing in it changes; `countOf` gives the copy of a counter. */
  fork(countOf: (count: NftCount) => NftCount): NftChainCode {
    if (this.counters.length === 0 && this.increments.length === 0) return this;
    return new NftChainCode({ ...this, counters: this.counters.map(countOf), increments: this.increments.slice() });
  }
}

/** What a counter has counted. */
export interface NftCount {
  packets: number;
  bytes: number;
}
