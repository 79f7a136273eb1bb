/** One row of the result table: candidate and reference in their unit, their ratio with its quartiles, what it must be. */
export interface Result {
  readonly id: string;
  readonly name: string;
  readonly unit: string;
  readonly candidate: number;
  readonly reference: number;
  readonly ratio: number;
  readonly q1: number;
  readonly q3: number;
  readonly must: number;
  readonly aim: number;
  readonly mustHolds: boolean;
  /** How a cost grows: the slope of its logarithm over that of the size. For a row that is about growth it is the ratio. */
  readonly slope?: number;
  readonly growth?: GrowthCosts;
  /** What else was measured, for those who read it. */
  readonly details?: string;
}

/** The typical cost at each size; `of` says what the sizes count. */
interface GrowthCosts {
  readonly of: string;
  readonly unit: string;
  readonly costs: readonly (readonly [size: number, cost: number])[];
}

/**
 * The ratios' quartiles are more than a quarter of the median apart, or slopes' more than a tenth: the machine was not quiet, so
 * a miss says nothing.
 */
export function isNoisy({ ratio, q1, q3, growth }: Result): boolean {
  return q3 - q1 > (growth === undefined ? ratio / 4 : 0.1);
}

/** One measure. `run` gives nothing where the machine lacks what it needs, and says why. */
export interface Measure {
  readonly id: string;
  readonly name: string;
  readonly must: number;
  readonly aim: number;
  run(measure: Measure): Result | { readonly skipped: string };
}

/** Runs its work once and returns what it cost, in the measure's unit per operation. */
export type Block = () => number;

export interface Pair {
  readonly candidate: Block;
  readonly reference: Block;
  readonly unit: string;
  readonly pairs?: number;
}

/**
 * Candidate and reference take turns (ABAB…), so that what else the machine does falls on both alike; the ratio is the median
 * of the pairs' ratios. A spread above a quarter of the median says that the machine was not quiet: once more then.
 */
export function comparePairs(measure: Measure, pair: Pair): Result {
  pair.candidate();
  pair.reference();
  let best = onePass(measure, pair);
  for (let again = 0; again < 2 && isNoisy(best); again++) {
    const next = onePass(measure, pair);
    if ((next.q3 - next.q1) / next.ratio < (best.q3 - best.q1) / best.ratio) best = next;
  }
  return best;
}

function onePass(measure: Measure, pair: Pair): Result {
  const candidates: number[] = [];
  const references: number[] = [];
  for (let i = 0; i < (pair.pairs ?? 9); i++) {
    candidates.push(pair.candidate());
    references.push(pair.reference());
  }
  const ratios = candidates.map((value, i) => value / references[i]!);
  const ratio = quantile(ratios, 0.5);
  return {
    id: measure.id,
    name: measure.name,
    unit: pair.unit,
    candidate: quantile(candidates, 0.5),
    reference: quantile(references, 0.5),
    ratio,
    q1: quantile(ratios, 0.25),
    q3: quantile(ratios, 0.75),
    must: measure.must,
    aim: measure.aim,
    mustHolds: ratio <= measure.must,
  };
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * q;
  const low = sorted[Math.floor(at)]!;
  return low + (sorted[Math.ceil(at)]! - low) * (at - Math.floor(at));
}

/** CPU time of a piece of work of this process, threads of its engine included, in nanoseconds per operation. */
export function cpuNs(operations: number, work: () => void): number {
  const before = process.cpuUsage();
  work();
  const spent = process.cpuUsage(before);
  return ((spent.user + spent.system) * 1000) / operations;
}

/** A block that runs `work(count)` and gives its CPU nanoseconds per operation. */
export function nsBlock(count: number, work: (count: number) => number): Block {
  return () =>
    cpuNs(count, () => {
      consume(work(count));
    });
}

let consumed = 0;

/** Keeps the engine from leaving out work whose result nobody reads. */
export function consume(value: number): void {
  consumed = (consumed + value) | 0;
  if (consumed === 0x7fffffff) console.error(consumed);
}
