import type { CostConstant } from "@kubenetsim/network/cost/constants";
import { quantile } from "../harness.ts";

/** What was measured at one size: how many units more one packet pays for than another, and what it took longer. */
export interface Sample {
  /** Units of the constant: rules, draws, entries, servers. */
  readonly units: number;
  /** Nanoseconds, batch by batch: what else the machine does falls on both packets of a batch alike. */
  readonly differencesNs: readonly number[];
  /** Between the fastest batches of both: what it takes undisturbed. */
  readonly fastestNs: number;
}

/** What comes out of samples: a constant, or why there is none. */
export type Fitted = CostConstant | { readonly lacks: string };

/** Below it the line says less than the noise. */
const leastR2 = 0.5;
/** Sizes below this part of the largest say little of a unit: what is fixed outweighs it. */
const tellingPart = 0.1;

/**
 * What a unit costs: the slope of the fastest batches' differences over the units, by least squares. Its range spans the quartiles
 * of the slopes of each batch alone, the slope of the medians, and what a unit costs at each of the larger sizes.
 */
export function fitSlope(samples: readonly Sample[]): Fitted {
  const units = samples.map((sample) => sample.units);
  if (new Set(units).size < 2) return { lacks: "it takes two sizes to fit a line, and they were not measured" };
  const slopeOf = (ys: readonly number[]): number => leastSquares(units, ys).slope;
  const { slope, r2 } = lineThrough(samples);
  const medianNs = slopeOf(samples.map(({ differencesNs }) => quantile(differencesNs, 0.5)));
  const batches = Math.min(...samples.map(({ differencesNs }) => differencesNs.length));
  const slopes = Array.from({ length: batches }, (_, at) =>
    slopeOf(samples.map(({ differencesNs }) => differencesNs[at]!)),
  );
  if (slope <= 0 || r2 < leastR2) {
    return { lacks: `lost in the noise: a slope of ${rounded(slope)} ns, R² ${r2.toFixed(2)}, ${batches} batches` };
  }
  const largest = Math.max(...units);
  const telling = samples
    .filter((sample) => sample.units >= tellingPart * largest)
    .map(({ units: count, fastestNs }) => fastestNs / count);
  const quartilesNs = [quantile(slopes, 0.25), quantile(slopes, 0.75)] as const;
  return constant(slope, [medianNs, ...telling], { quartilesNs, medianNs, r2, batches, sizes: samples.length });
}

/** What is paid once, at any size: the median over the sizes of the fastest batches' differences. */
export function fitLevel(samples: readonly Sample[]): Fitted {
  if (samples.length === 0) return { lacks: "it was not measured" };
  const level = quantile(
    samples.map(({ fastestNs }) => fastestNs),
    0.5,
  );
  const all = samples.flatMap(({ differencesNs }) => differencesNs);
  const medianNs = quantile(all, 0.5);
  const batches = Math.min(...samples.map(({ differencesNs }) => differencesNs.length));
  if (level <= 0) return { lacks: `lost in the noise: ${rounded(level)} ns, ${batches} batches` };
  const quartilesNs = [quantile(all, 0.25), quantile(all, 0.75)] as const;
  const seen = samples.map(({ fastestNs }) => fastestNs);
  return constant(level, [medianNs, ...seen], { quartilesNs, medianNs, batches, sizes: samples.length });
}

function constant(ns: number, seen: readonly number[], fit: NonNullable<CostConstant["fit"]>): CostConstant {
  const all = [ns, ...seen, ...fit.quartilesNs].map((value) => Math.max(0, value));
  const [q1, q3] = fit.quartilesNs;
  return {
    ns: rounded(ns),
    rangeNs: [rounded(Math.min(...all)), rounded(Math.max(...all))],
    fit: {
      ...fit,
      quartilesNs: [rounded(q1), rounded(q3)],
      medianNs: rounded(fit.medianNs),
      ...(fit.r2 === undefined ? {} : { r2: rounded(fit.r2) }),
    },
  };
}

/** To four digits: the rest is noise. */
function rounded(value: number): number {
  return Number(value.toPrecision(4));
}

export interface Line {
  readonly slope: number;
  readonly intercept: number;
  /** 1 for points on the line. */
  readonly r2: number;
}

/** Of the fastest batches' differences over the units. */
export function lineThrough(samples: readonly Sample[]): Line {
  return leastSquares(
    samples.map(({ units }) => units),
    samples.map(({ fastestNs }) => fastestNs),
  );
}

/** The line with the least squares of its distances from the points, which lie over two places at least. */
export function leastSquares(xs: readonly number[], ys: readonly number[]): Line {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x0, y0] = [mean(xs), mean(ys)];
  const slope = mean(xs.map((x, i) => (x - x0) * (ys[i]! - y0))) / mean(xs.map((x) => (x - x0) ** 2));
  const intercept = y0 - slope * x0;
  const left = mean(xs.map((x, i) => (ys[i]! - intercept - slope * x) ** 2));
  const all = mean(ys.map((y) => (y - y0) ** 2));
  return { slope, intercept, r2: all === 0 ? 1 : 1 - left / all };
}
