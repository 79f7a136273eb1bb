import type { IpFamily } from "@kubenetsim/core/net/address";
import { ParseError, UnsupportedError } from "@kubenetsim/core/runtime/errors";
import type { Rule } from "../ruleset/rule.ts";
import type { Chain, RestoreInput, Ruleset, TableName } from "../ruleset/ruleset.ts";
import { otherTargets } from "../ruleset/target.ts";
import { ChainRegistry } from "./chain-registry.ts";
import { cascadeField, cascadeRule, ruleFlag } from "./code-layout.ts";
import type { ConditionNames } from "./condition-names.ts";
import { encodeCascade, encodeRule, type Membership, type RuleNames } from "./rule-encoder.ts";
import { cascadeCost, chanceOf, type Stretch, stretchesOf } from "./rule-runs.ts";
import { RunIndex } from "./run-index.ts";

/**
 * One family's rules on one host as code. A chain is compiled when a packet first comes to it and again only after it was
 * replaced; its old code is left behind until more than half of all is such waste.
 */
export class Program {
  readonly registry: ChainRegistry;
  code: Int32Array = new Int32Array(1 << 12);
  runs: RunIndex[] = [];
  readonly #names: ConditionNames;
  /** Where each chain's code begins; -1 for one that is not compiled. */
  #starts: Int32Array = new Int32Array(64).fill(-1);
  /** Of rules, by where their record is: how often their bytes went over 2^30. */
  readonly #carried = new Map<number, number>();
  #length = 0;
  #waste = 0;

  constructor(family: IpFamily, names: ConditionNames, registry?: ChainRegistry) {
    const changed = (id: number): void => this.#forget(id);
    this.#names = names;
    this.registry = registry?.fork(changed) ?? new ChainRegistry(family, changed);
  }

  load(ruleset: Ruleset): void {
    this.registry.load(ruleset);
    this.#tidy();
  }

  restore(input: RestoreInput): void {
    for (const table of input.tables) {
      this.registry.checkJumps(table);
      for (const chain of table.chains) this.#countAnew(this.registry.idOf(table.name, chain.name), chain);
      this.registry.restore(table);
    }
    this.#tidy();
  }

  remove(table: TableName, chains: readonly string[]): void {
    this.registry.remove(table, chains);
    this.#tidy();
  }

  /** Where a chain's code begins; compiles it if it is not. */
  start(id: number): number {
    const start = this.#starts[id];
    return start === undefined || start < 0 ? this.#compile(id) : start;
  }

  /** Where the chain begins that a jump's argument at `at` names; written back, so that the next packet reads it there. */
  resolve(at: number): number {
    const known = this.code[at]!;
    const start = this.start(known < 0 ? -1 - known : this.code[known - 2]!);
    this.code[at] = start;
    return start;
  }

  /** A rule's bytes have reached 2^30: the low part begins anew. */
  carry(pc: number): void {
    this.#carried.set(pc, (this.#carried.get(pc) ?? 0) + 1);
    this.code[pc + 3]! &= 0x3fffffff;
  }

  #compile(id: number): number {
    const chain = this.registry.chainOf(id);
    if (chain === undefined) throw new ParseError(`chain ${this.registry.nameOf(id).chain} does not exist`);
    const words: number[] = [id, 0];
    const pcs = this.#encode(id, chain.rules, words);
    const start = this.#length + 2;
    this.#length += words.length;
    words[1] = this.#length;
    this.code = grown(this.code, this.#length);
    this.code.set(words, start - 2);
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
  #encode(id: number, rules: readonly Rule[], words: number[]): EncodedRules {
    const offsets = new Int32Array(rules.length + 1);
    const names = this.#ruleNames(id);
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
      const pc = this.#length + words.length;
      offsets[index] = pc;
      const carried = Math.floor((rule.counters?.bytes ?? 0) / 2 ** 30);
      if (carried > 0) this.#carried.set(pc, carried);
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

  /** The rules with what has been counted since they were loaded. */
  ruleset(): Ruleset {
    return this.registry.ruleset((id, chain) => this.#counted(id, chain));
  }

  /** One chain with what has been counted; undefined when there is none. */
  chain(table: TableName, name: string): Chain | undefined {
    const id = this.registry.idOf(table, name);
    const chain = this.registry.chainOf(id);
    return chain === undefined ? undefined : this.#counted(id, chain);
  }

  fork(names: ConditionNames): Program {
    const copy = new Program(this.registry.family, names, this.registry);
    copy.code = this.code.slice();
    copy.runs = [...this.runs];
    copy.#starts = this.#starts.slice();
    copy.#length = this.#length;
    copy.#waste = this.#waste;
    for (const [pc, count] of this.#carried) copy.#carried.set(pc, count);
    return copy;
  }

  #ruleNames(id: number): RuleNames {
    const names = this.#names;
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

  #counted(id: number, chain: Chain): Chain {
    let pc = this.#starts[id] ?? -1;
    if (pc < 0) return chain;
    const rules = chain.rules.map((rule) => {
      if ((this.code[pc]! & ruleFlag.cascade) !== 0) pc = cascadeRule(this.code, pc, 0);
      const packets = this.code[pc + 2]! >>> 0;
      const bytes = this.code[pc + 3]! + (this.#carried.get(pc) ?? 0) * 2 ** 30;
      pc += this.code[pc]! >>> 16;
      const same = packets === (rule.counters?.packets ?? 0) && bytes === (rule.counters?.bytes ?? 0);
      return same ? rule : { ...rule, counters: { packets, bytes } };
    });
    return rules.every((rule, index) => rule === chain.rules[index]) ? chain : { ...chain, rules };
  }

  /** A chain that is written again as it is keeps its code, and its rules count from the beginning. */
  #countAnew(id: number, chain: Chain): void {
    let pc = this.#starts[id] ?? -1;
    if (pc < 0 || this.registry.chainOf(id) !== chain) return;
    for (const { counters } of chain.rules) {
      if ((this.code[pc]! & ruleFlag.cascade) !== 0) pc = cascadeRule(this.code, pc, 0);
      const bytes = counters?.bytes ?? 0;
      this.code[pc + 2] = counters?.packets ?? 0;
      this.code[pc + 3] = bytes % 2 ** 30;
      if (bytes < 2 ** 30) this.#carried.delete(pc);
      else this.#carried.set(pc, Math.floor(bytes / 2 ** 30));
      pc += this.code[pc]! >>> 16;
    }
  }

  #forget(id: number): void {
    const start = this.#starts[id] ?? -1;
    if (start < 0) return;
    this.#waste += this.code[start - 1]! - start;
    this.code[start - 1] = -1;
    this.#starts[id] = -1;
  }

  /** Starts the code anew when most of it is waste; chains come back when they are needed, with their counters. */
  #tidy(): void {
    if (this.#waste * 2 <= this.#length || this.#waste < 1 << 16) return;
    const counted = this.ruleset();
    this.#starts.fill(-1);
    this.runs = [];
    this.#carried.clear();
    this.#length = 0;
    this.#waste = 0;
    this.registry.load(counted);
  }
}

interface EncodedRules {
  readonly offsets: Int32Array;
  readonly runs: { readonly stretch: Stretch; readonly first: number }[];
}

function grown(array: Int32Array, needed: number, filler = 0): Int32Array {
  if (needed <= array.length) return array;
  const larger = new Int32Array(Math.max(needed, array.length * 2, 16)).fill(filler);
  larger.set(array);
  return larger;
}
