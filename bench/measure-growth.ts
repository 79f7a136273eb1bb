import { type Block, type Measure, quantile, type Result } from "./harness.ts";
import { growthSlope, interleave, medians } from "./rounds.ts";

/** What grows, and how it is shown. */
export interface Growth {
  readonly sizes: readonly number[];
  readonly rounds: number;
  /** Of the two costs that are shown, the largest size's and the smallest's: `ms 30k, 1k`. */
  readonly unit: string;
  readonly work: (size: number) => Block;
  /** Tells of the typical cost at one size; nothing more is shown unless given. */
  readonly detail?: (size: number, cost: number) => string;
}

/** How a cost grows: the slope of its logarithm over that of the size, a line fitted in each round. */
export function measureGrowth(measure: Measure, { sizes, rounds, unit, work, detail }: Growth): Result {
  const blocks = sizes.map(work);
  for (const block of blocks) block();
  const costs = interleave(blocks, rounds);
  const slopes = costs.map((round) => growthSlope(sizes, round));
  const typical = medians(costs);
  const ratio = quantile(slopes, 0.5);
  return {
    id: measure.id,
    name: measure.name,
    unit,
    candidate: typical.at(-1)!,
    reference: typical[0]!,
    ratio,
    q1: quantile(slopes, 0.25),
    q3: quantile(slopes, 0.75),
    must: measure.must,
    aim: measure.aim,
    mustHolds: ratio <= measure.must,
    ...(detail === undefined ? {} : { details: sizes.map((size, i) => detail(size, typical[i]!)).join(", ") }),
  };
}
