import type { IpFamily } from "@kubenetsim/core/net/address";
import { ParseError, UnsupportedError } from "@kubenetsim/core/runtime/errors";
import type { Rule } from "../ruleset/rule.ts";
import type { Chain, RestoreInput, Ruleset } from "../ruleset/ruleset.ts";
import { ChainRegistry } from "./chain-registry.ts";
import type { ConditionNames } from "./condition-names.ts";
import { encodeRule, type Membership, type RuleNames } from "./rule-encoder.ts";
import { cascadeCost, chanceOf, type Stretch, stretchesOf } from "./rule-runs.ts";
import { RunIndex } from "./run-index.ts";

/** Words of one cascade in `cascades`: first record, words a record, rules, offset in `survivals`, first rule, cost. */
export const cascadeLength = 6;

/**
 * One family's rules on one host as code. A chain is compiled when a packet first comes to it and again only after it was
 * replaced; its old code is left behind until more than half of all is such waste.
 */
export class Program {
  readonly registry: ChainRegistry;
  code: Int32Array = new Int32Array(1 << 12);
  /** Where each chain's code begins and ends; -1 for one that is not compiled. */
  starts: Int32Array = new Int32Array(64).fill(-1);
  ends: Int32Array = new Int32Array(64);
  runs: RunIndex[] = [];
  cascades: Int32Array = new Int32Array(0);
  /** Of each cascade the chance that the draw passes its first k rules, for k = 0 … count. */
  survivals: Float64Array = new Float64Array(0);
  readonly #names: ConditionNames;
  #length = 0;
  #waste = 0;
  #cascadeCount = 0;
  #survivalCount = 0;

  constructor(family: IpFamily, names: ConditionNames, registry?: ChainRegistry) {
    const changed = (id: number): void => this.#forget(id);
    this.#names = names;
    this.registry = registry?.fork(changed) ?? new ChainRegistry(family, changed);
  }

  load(ruleset: Ruleset): void {
    this.registry.load(ruleset);
    this.#fit();
  }

  restore(input: RestoreInput): void {
    this.registry.restore(input);
    this.#fit();
  }

  /** Compiles a chain that is not. */
  compile(id: number): void {
    if (this.#waste * 2 > this.#length && this.#waste > 1 << 16) this.#compact();
    const chain = this.registry.chainOf(id);
    if (chain === undefined) throw new ParseError(`chain ${this.registry.nameOf(id).chain} does not exist`);
    const stretches = stretchesOf(chain.rules);
    const members = this.#membersOf(chain, stretches);
    const words: number[] = [];
    const offsets = new Int32Array(chain.rules.length + 1);
    const names = this.#ruleNames(id);
    for (const [index, rule] of chain.rules.entries()) {
      offsets[index] = this.#length + words.length;
      encodeRule(words, rule, index, members[index], names);
    }
    offsets[chain.rules.length] = this.#length + words.length;
    for (const stretch of stretches) this.#build(stretch, chain.rules, offsets);
    this.#append(id, words);
  }

  /** The rules with what has been counted since they were loaded. */
  ruleset(): Ruleset {
    return this.registry.ruleset((id, chain) => this.#counted(id, chain));
  }

  fork(names: ConditionNames): Program {
    const copy = new Program(this.registry.family, names, this.registry);
    copy.code = this.code.slice();
    copy.starts = this.starts.slice();
    copy.ends = this.ends.slice();
    copy.runs = [...this.runs];
    copy.cascades = this.cascades.slice();
    copy.survivals = this.survivals.slice();
    copy.#length = this.#length;
    copy.#waste = this.#waste;
    copy.#cascadeCount = this.#cascadeCount;
    copy.#survivalCount = this.#survivalCount;
    return copy;
  }

  #membersOf(chain: Chain, stretches: readonly Stretch[]): Membership[] {
    const members = Array<Membership>(chain.rules.length).fill(undefined);
    let run = this.runs.length;
    let cascade = this.#cascadeCount;
    for (const stretch of stretches) {
      const member: Membership = { kind: stretch.kind, id: stretch.kind === "run" ? run++ : cascade++ };
      members.fill(member, stretch.first, stretch.first + stretch.count);
    }
    return members;
  }

  #build(stretch: Stretch, rules: readonly Rule[], offsets: Int32Array): void {
    const { first, count } = stretch;
    const own = rules.slice(first, first + count);
    if (stretch.kind === "run") {
      const width = this.registry.family === "IPv4" ? 1 : 4;
      this.runs.push(new RunIndex(own, first, offsets.slice(first, first + count + 1), width));
      return;
    }
    const at = this.#cascadeCount++ * cascadeLength;
    this.cascades = grown(this.cascades, at + cascadeLength, Int32Array);
    this.survivals = grown(this.survivals, this.#survivalCount + count + 1, Float64Array);
    const stride = offsets[first + 1]! - offsets[first]!;
    this.cascades.set([offsets[first]!, stride, count, this.#survivalCount, first, cascadeCost(own[0]!)], at);
    let survival = 1;
    this.survivals[this.#survivalCount++] = 1;
    for (const rule of own) this.survivals[this.#survivalCount++] = survival *= 1 - chanceOf(rule);
  }

  #append(id: number, words: readonly number[]): void {
    this.code = grown(this.code, this.#length + words.length, Int32Array);
    this.code.set(words, this.#length);
    this.#fit();
    this.starts[id] = this.#length;
    this.#length += words.length;
    this.ends[id] = this.#length;
  }

  #ruleNames(id: number): RuleNames {
    const names = this.#names;
    const { table, chain } = this.registry.nameOf(id);
    return {
      setId: (name) => names.setId(name),
      recentId: (match) => names.recentId(match),
      accountId: (name) => names.accountId(name),
      ipvsId: (match) => names.ipvsId(match),
      deviceId: (condition) => names.deviceId(condition),
      rejectId: (type) => names.rejectId(type),
      chainId: (name, rule) => {
        const target = this.registry.idOf(table, name);
        if (this.registry.chainOf(target) !== undefined) return target;
        const line = rule.line === undefined ? "" : `, line ${rule.line}`;
        throw new UnsupportedError(`iptables target "${name}"`, `table ${table}, chain ${chain}${line}`);
      },
    };
  }

  #counted(id: number, chain: Chain): Chain {
    let pc = this.starts[id]!;
    if (pc < 0) return chain;
    const rules = chain.rules.map((rule) => {
      const packets = this.code[pc + 2]! >>> 0;
      const bytes = this.code[pc + 3]! + this.code[pc + 4]! * 2 ** 30;
      pc += this.code[pc]! >>> 16;
      const same = packets === (rule.counters?.packets ?? 0) && bytes === (rule.counters?.bytes ?? 0);
      return same ? rule : { ...rule, counters: { packets, bytes } };
    });
    return rules.every((rule, index) => rule === chain.rules[index]) ? chain : { ...chain, rules };
  }

  #forget(id: number): void {
    if (id >= this.starts.length || this.starts[id]! < 0) return;
    this.#waste += this.ends[id]! - this.starts[id]!;
    this.starts[id] = -1;
  }

  /** Starts the code anew; chains come back when they are needed, with their counters. */
  #compact(): void {
    const counted = this.ruleset();
    this.starts.fill(-1);
    this.runs = [];
    this.#length = 0;
    this.#waste = 0;
    this.#cascadeCount = 0;
    this.#survivalCount = 0;
    this.registry.load(counted);
  }

  #fit(): void {
    const size = this.registry.size;
    if (size <= this.starts.length) return;
    const starts = new Int32Array(size * 2).fill(-1);
    starts.set(this.starts);
    this.starts = starts;
    this.ends = grown(this.ends, size * 2, Int32Array);
  }
}

function grown<T extends Int32Array | Float64Array>(array: T, needed: number, type: new (length: number) => T): T {
  if (needed <= array.length) return array;
  const larger = new type(Math.max(needed, array.length * 2, 16));
  larger.set(array);
  return larger;
}
