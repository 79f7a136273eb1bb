import { ParseError, UnsupportedError } from "@kubenetsim/core/runtime/errors";
import type { Rule } from "../ruleset/rule.ts";
import { otherTargets } from "../ruleset/target.ts";
import type { ChainNumbers } from "./chain-numbers.ts";
import { ChainRegistry } from "./chain-registry.ts";
import { cascadeField, cascadeRule, ruleFlag } from "./code-layout.ts";
import type { ConditionNames } from "./condition-names.ts";
import { encodeCascade, encodeRule, type Membership, type RuleNames } from "./rule-encoder.ts";
import { cascadeCost, chanceOf, type Stretch, stretchesOf } from "./rule-runs.ts";
import { RunIndex } from "./run-index.ts";

/** So many words of waste are not worth starting anew for. */
const defaultKeptWaste = 1 << 16;

/**
 * One family's rules as code, without what anybody has counted, so that hosts with the same rules run the same code. A chain
 * is compiled when a packet first comes to it and again only after it was replaced; its old code is left behind until more
 * than half of all is such waste. Who shares it with others must not change it, but `fork` it; compiling is no change.
 */
export class RuleCode {
  readonly registry: ChainRegistry;
  readonly #numbers: ChainNumbers;
  readonly #keptWaste: number;
  words: Int32Array;
  readonly runs: RunIndex[];
  /** How many hosts run it. */
  holders = 0;
  /** Where each chain's code begins; -1 for one that is not compiled. */
  #starts: Int32Array;
  #length: number;
  #waste: number;

  constructor(numbers: ChainNumbers, keptWaste: number = defaultKeptWaste, registry?: ChainRegistry) {
    const changed = (id: number): void => this.#forget(id);
    this.registry = registry?.fork(changed) ?? new ChainRegistry(numbers, changed);
    this.words = new Int32Array(0);
    this.runs = [];
    this.#starts = new Int32Array(0);
    this.#length = 0;
    this.#waste = 0;
    this.#numbers = numbers;
    this.#keptWaste = keptWaste;
  }

  /** The same rules and the same code. */
  fork(): RuleCode {
    const copy = this.uncompiled();
    copy.words = this.words.slice(0, this.#length);
    copy.runs.push(...this.runs);
    copy.#starts = this.#starts.slice();
    copy.#length = this.#length;
    copy.#waste = this.#waste;
    return copy;
  }

  /** The same rules without code; it comes back when it is needed. */
  uncompiled(): RuleCode {
    return new RuleCode(this.#numbers, this.#keptWaste, this.registry);
  }

  get isMostlyWaste(): boolean {
    return this.#waste * 2 > this.#length && this.#waste >= this.#keptWaste;
  }

  /** Where a chain's code begins; -1 if it is not compiled. */
  compiledAt(id: number): number {
    return this.#starts[id] ?? -1;
  }

  /** The chains that are compiled. */
  compiled(): number[] {
    const ids: number[] = [];
    for (let id = 0; id < this.#starts.length; id++) if (this.#starts[id]! >= 0) ids.push(id);
    return ids;
  }

  /** Where a chain's code begins; compiles it if it is not. */
  start(id: number, names: ConditionNames): number {
    const start = this.#starts[id];
    return start === undefined || start < 0 ? this.#compile(id, names) : start;
  }

  /** Where the chain begins that a jump's argument at `at` names; written back, so that the next packet reads it there. */
  resolve(at: number, names: ConditionNames): number {
    const known = this.words[at]!;
    const start = this.start(known < 0 ? -1 - known : this.words[known - 2]!, names);
    this.words[at] = start;
    return start;
  }

  /** Where the record of each rule stands of a chain whose code begins at `start`. */
  records(start: number): number[] {
    const pcs: number[] = [];
    const end = this.words[start - 1]!;
    for (let pc = start; pc < end; pc += this.words[pc]! >>> 16) {
      if ((this.words[pc]! & ruleFlag.cascade) !== 0) pc = cascadeRule(this.words, pc, 0);
      pcs.push(pc);
    }
    return pcs;
  }

  #compile(id: number, conditions: ConditionNames): number {
    const chain = this.registry.chainOf(id);
    if (chain === undefined) throw new ParseError(`chain ${this.registry.nameOf(id).chain} does not exist`);
    const words: number[] = [id, 0];
    const pcs = this.#encode(chain.rules, words, this.#ruleNames(id, conditions));
    const start = this.#length + 2;
    this.#length += words.length;
    words[1] = this.#length;
    this.words = grown(this.words, this.#length);
    // One by one: for chains of two rules, of which there are many, `set` of a list takes longer.
    for (let i = 0; i < words.length; i++) this.words[start - 2 + i] = words[i]!;
    this.#starts = grown(this.#starts, this.registry.size, -1);
    this.#starts[id] = start;
    for (const { stretch, first } of pcs.runs) {
      const rules = chain.rules.slice(stretch.first, stretch.first + stretch.count);
      const width = this.registry.family === "IPv4" ? 1 : 4;
      this.runs.push(new RunIndex(rules, stretch.first, pcs.offsets.slice(first, first + rules.length + 1), width));
    }
    return start;
  }

  /** Appends the records; gives back where each rule's begins, and the runs. */
  #encode(rules: readonly Rule[], words: number[], names: RuleNames): EncodedRules {
    const offsets = new Int32Array(rules.length + 1);
    const stretches = stretchesOf(rules);
    const runs: EncodedRules["runs"] = [];
    let next = 0;
    let member: Membership;
    let until = 0;
    for (const [index, rule] of rules.entries()) {
      if (index === until) member = undefined;
      const stretch = stretches[next];
      if (stretch?.first === index) {
        next++;
        until = index + stretch.count;
        if (stretch.kind === "run") {
          member = { kind: "run", word: this.runs.length + runs.length };
          runs.push({ stretch, first: index });
        } else member = { kind: "cascade", word: this.#length + this.#encodeCascade(words, rules, stretch) };
      }
      offsets[index] = this.#length + words.length;
      encodeRule(words, rule, index, member, names);
      if (member?.kind === "cascade" && stretch?.first === index) {
        words[member.word - this.#length + cascadeField.stride] = this.#length + words.length - offsets[index]!;
      }
    }
    offsets[rules.length] = this.#length + words.length;
    return { offsets, runs };
  }

  #encodeCascade(words: number[], rules: readonly Rule[], { first, count }: Stretch): number {
    return encodeCascade(words, rules.slice(first, first + count).map(chanceOf), first, cascadeCost(rules[first]!));
  }

  #ruleNames(id: number, names: ConditionNames): RuleNames {
    const { table, chain } = this.registry.nameOf(id);
    return {
      setId: (name) => names.setId(name),
      recentId: (match) => names.recentId(match),
      accountId: (name) => names.accountId(name),
      ipvsId: (match) => names.ipvsId(match),
      nthId: (match) => names.nthId(match),
      deviceId: (condition) => names.deviceId(condition),
      chainId: (name, rule) => {
        const target = this.registry.idOf(table, name);
        if (this.registry.chainOf(target) !== undefined) return target;
        const line = rule.line === undefined ? "" : `, line ${rule.line}`;
        const where = `table ${table}, chain ${chain}${line}`;
        if (otherTargets.has(name)) throw new UnsupportedError(`iptables target "${name}"`, where);
        throw new ParseError(`chain ${name} does not exist (${where})`);
      },
    };
  }

  #forget(id: number): void {
    const start = this.#starts[id] ?? -1;
    if (start < 0) return;
    this.#waste += this.words[start - 1]! - start;
    this.words[start - 1] = -1;
    this.#starts[id] = -1;
  }
}

interface EncodedRules {
  readonly offsets: Int32Array;
  readonly runs: { readonly stretch: Stretch; readonly first: number }[];
}

function grown(array: Int32Array, needed: number, filler = 0): Int32Array {
  if (needed <= array.length) return array;
  const larger = new Int32Array(Math.max(needed, array.length * 2, 64)).fill(filler);
  larger.set(array);
  return larger;
}
