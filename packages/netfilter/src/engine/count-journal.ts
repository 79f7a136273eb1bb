import type { RuleCounters } from "./rule-counters.ts";

/** Which rules a packet has matched: whose counters, and where each rule's record begins; in their order, a rule twice if it has twice. */
export class CountJournal {
  readonly counters: RuleCounters[] = [];
  readonly pcs: number[] = [];

  note(counters: RuleCounters, pc: number): void {
    this.counters.push(counters);
    this.pcs.push(pc);
  }

  clear(): void {
    this.counters.length = 0;
    this.pcs.length = 0;
  }
}
