import { type Block, type Measure, quantile, type Result } from "./harness.ts";
import { growthSlope, interleave, medians } from "./rounds.ts";

/** What grows, and how it is shown. */
export interface Growth {
  readonly sizes: readonly number[];
  readonly rounds: number;
  /** What the sizes count: `Services`. */
  readonly of: string;
  readonly unit: string;
  readonly work: (size: number) => Block;
}

/** How a cost grows: the slope of its logarithm over that of the size, a line fitted in each round. */
export function measureGrowth(measure: Measure, { sizes, of, rounds, unit, work }: Growth): Result {
  const blocks = sizes.map(work);
  for (const block of blocks) block();
  const costs = interleave(blocks, rounds);
  const slopes = costs.map((round) => growthSlope(sizes, round));
  const typical = medians(costs);
  const ratio = quantile(slopes, 0.5);
  return {
    id: measure.id,
    name: measure.name,
    unit: `${unit} ${short(sizes.at(-1)!)}, ${short(sizes[0]!)}`,
    candidate: typical.at(-1)!,
    reference: typical[0]!,
    ratio,
    q1: quantile(slopes, 0.25),
    q3: quantile(slopes, 0.75),
    must: measure.must,
    aim: measure.aim,
    mustHolds: ratio <= measure.must,
    slope: ratio,
    growth: { of, unit, costs: sizes.map((size, i) => [size, typical[i]!] as const) },
  };
}

/** 30000 as `30k`. */
function short(size: number): string {
  return size % 1000 === 0 ? `${size / 1000}k` : String(size);
}
