import type { Cost } from "@kubenetsim/core/trace/cost";

/** Counts what a packet costs while it is under way; `cost()` is the value to keep. */
export class Meter {
  rulesCompared = 0;
  matchesEvaluated = 0;
  chainsEntered = 0;
  setLookups = 0;
  hashLookups = 0;
  bucketEntriesCompared = 0;
  serversExamined = 0;
  conntrackLookups = 0;
  randomDraws = 0;
  natBindings = 0;

  reset(): void {
    this.rulesCompared = 0;
    this.matchesEvaluated = 0;
    this.chainsEntered = 0;
    this.setLookups = 0;
    this.hashLookups = 0;
    this.bucketEntriesCompared = 0;
    this.serversExamined = 0;
    this.conntrackLookups = 0;
    this.randomDraws = 0;
    this.natBindings = 0;
  }

  /** Takes over what another has counted, which begins anew. */
  absorb(other: Meter): void {
    this.rulesCompared += other.rulesCompared;
    this.matchesEvaluated += other.matchesEvaluated;
    this.chainsEntered += other.chainsEntered;
    this.setLookups += other.setLookups;
    this.hashLookups += other.hashLookups;
    this.bucketEntriesCompared += other.bucketEntriesCompared;
    this.serversExamined += other.serversExamined;
    this.conntrackLookups += other.conntrackLookups;
    this.randomDraws += other.randomDraws;
    this.natBindings += other.natBindings;
    other.reset();
  }

  cost(): Cost {
    return {
      rulesCompared: this.rulesCompared,
      matchesEvaluated: this.matchesEvaluated,
      chainsEntered: this.chainsEntered,
      setLookups: this.setLookups,
      hashLookups: this.hashLookups,
      bucketEntriesCompared: this.bucketEntriesCompared,
      serversExamined: this.serversExamined,
      conntrackLookups: this.conntrackLookups,
      randomDraws: this.randomDraws,
      natBindings: this.natBindings,
    };
  }
}
