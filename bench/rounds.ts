import { type Block, quantile } from "./harness.ts";

/** The slope of a line fitted to the logarithms of costs over those of sizes: 0 for a cost that stays, 1 for one in proportion. */
export function growthSlope(sizes: readonly number[], costs: readonly number[]): number {
  const xs = sizes.map(Math.log);
  const ys = costs.map(Math.log);
  const [x0, y0] = [mean(xs), mean(ys)];
  return mean(xs.map((x, i) => (x - x0) * (ys[i]! - y0))) / mean(xs.map((x) => (x - x0) ** 2));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** All blocks once, `rounds` times: what else the machine does falls on all alike. A row is one round. */
export function interleave(blocks: readonly Block[], rounds: number): readonly (readonly number[])[] {
  return Array.from({ length: rounds }, () => blocks.map((block) => block()));
}

/** The median of each block over the rounds. */
export function medians(rounds: readonly (readonly number[])[]): readonly number[] {
  return rounds[0]!.map((_, block) =>
    quantile(
      rounds.map((round) => round[block]!),
      0.5,
    ),
  );
}
