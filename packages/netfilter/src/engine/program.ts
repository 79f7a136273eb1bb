import type { Chain, RestoreInput, Ruleset, TableName } from "../ruleset/ruleset.ts";
import type { ChainRegistry } from "./chain-registry.ts";
import type { ConditionNames } from "./condition-names.ts";
import type { RuleCode } from "./rule-code.ts";
import { RuleCounters } from "./rule-counters.ts";
import type { RunIndex } from "./run-index.ts";

/**
 * One family's rules on one host: code, and what has been counted here. Hosts whose rules are the same can run the same code
 * (`takeOver`, `fork`); it is copied by whoever changes the rules then.
 */
export class Program {
  #code: RuleCode;
  #counters: RuleCounters = new RuleCounters();
  readonly #names: ConditionNames;

  constructor(names: ConditionNames, code: RuleCode) {
    this.#names = names;
    this.#code = code;
    code.holders++;
  }

  get registry(): ChainRegistry {
    return this.#code.registry;
  }

  get words(): Int32Array {
    return this.#code.words;
  }

  get runs(): readonly RunIndex[] {
    return this.#code.runs;
  }

  get counters(): RuleCounters {
    return this.#counters;
  }

  load(ruleset: Ruleset): void {
    this.#own().registry.load(ruleset);
    this.#tidy();
  }

  restore(input: RestoreInput): void {
    const { registry } = this.#own();
    for (const table of input.tables) {
      registry.checkJumps(table);
      if (!this.#counters.isEmpty) for (const chain of table.chains) this.#countAnew(table.name, chain);
      registry.restore(table);
    }
    this.#tidy();
  }

  remove(table: TableName, chains: readonly string[]): void {
    this.#own().registry.remove(table, chains);
    this.#tidy();
  }

  /**
   * Puts the rules of another host with the same numbers in the place of its own. What has been counted of a chain goes on unless
   * it is another one now, or was written again there since the two had the same rules.
   */
  takeOver(other: Program): void {
    if (this.#code !== other.#code) this.#run(other.#code);
  }

  /** Runs other code from here, and counts on there. */
  #run(code: RuleCode): void {
    const before = this.#code;
    this.#code = code;
    before.holders--;
    code.holders++;
    if (this.#counters.isEmpty) return;
    const seen = before.registry.writes;
    const counted = this.#counters;
    this.#counters = new RuleCounters();
    for (const id of before.compiled()) {
      const chain = before.registry.chainOf(id)!;
      if (code.registry.chainOf(id) !== chain || code.registry.writtenAt(id) > seen) continue;
      const from = before.records(before.compiledAt(id));
      if (from.some((pc) => counted.packets(pc) > 0)) this.#counters.take(counted, from, this.#recordsOf(id));
    }
  }

  /** Where a chain's code begins; compiles it if it is not. */
  start(id: number): number {
    return this.#code.start(id, this.#names);
  }

  /** Where the chain begins that a jump's argument at `at` names. */
  resolve(at: number): number {
    return this.#code.resolve(at, this.#names);
  }

  /**
   * The rules with what has been counted since they were loaded. Where nothing is to be told of that, or nothing has been
   * counted, it is the same object for all who run the same code, until it changes.
   */
  ruleset(counters: boolean): Ruleset {
    if (!counters || this.#counters.isEmpty) return this.registry.rulesetNow();
    return this.registry.ruleset((id, chain) => this.#counted(id, chain));
  }

  /** One chain with what has been counted; undefined when there is none. */
  chain(table: TableName, name: string): Chain | undefined {
    const id = this.registry.idOf(table, name);
    const chain = this.registry.chainOf(id);
    return chain === undefined ? undefined : this.#counted(id, chain);
  }

  fork(names: ConditionNames): Program {
    const copy = new Program(names, this.#code);
    copy.#counters = this.#counters.fork();
    return copy;
  }

  /** Code that nobody else runs. */
  #own(): RuleCode {
    if (this.#code.holders === 1) return this.#code;
    this.#code.holders--;
    this.#code = this.#code.fork();
    this.#code.holders = 1;
    return this.#code;
  }

  #recordsOf(id: number): number[] {
    return this.#code.records(this.start(id));
  }

  #counted(id: number, chain: Chain): Chain {
    if (this.#counters.isEmpty || this.#code.compiledAt(id) < 0) return chain;
    const pcs = this.#recordsOf(id);
    if (pcs.every((pc) => this.#counters.packets(pc) === 0)) return chain;
    const rules = chain.rules.map((rule, i) => {
      const packets = this.#counters.packets(pcs[i]!);
      if (packets === 0) return rule;
      const before = rule.counters ?? { packets: 0, bytes: 0 };
      const bytes = before.bytes + this.#counters.bytes(pcs[i]!);
      return { ...rule, counters: { packets: before.packets + packets, bytes } };
    });
    const { name, policy, counters } = chain;
    return { name, policy, counters, rules };
  }

  /** A chain that is written again as it is keeps its code, and its rules count from the beginning. */
  #countAnew(table: TableName, chain: Chain): void {
    const id = this.registry.idOf(table, chain.name);
    if (this.#code.compiledAt(id) < 0 || this.registry.chainOf(id) !== chain) return;
    for (const pc of this.#recordsOf(id)) this.#counters.clear(pc);
  }

  /** Starts the code anew when most of it is waste. What was counted here stays out of the rules: other hosts may come to run them. */
  #tidy(): void {
    if (this.#code.isMostlyWaste) this.#run(this.#code.uncompiled());
  }
}
