import type { CostModel } from "@kubenetsim/network/cost/model";
import type { MeasureName } from "./measures.ts";
import type { Parameters } from "./parameters.ts";

/** A list of independent cells: every combination of the values, once for each seed. */
export interface Experiment {
  readonly name: string;
  readonly title: string;
  /** Those that are not named have one value: that of `defaultParameters`. */
  readonly vary: { readonly [Name in keyof Parameters]?: readonly Parameters[Name][] };
  readonly measures: readonly MeasureName[];
  readonly seeds: readonly string[];
  /** What estimates the time of each cell's packet, beside the counts. */
  readonly costModels?: readonly CostModel[] | undefined;
  /** Undefined for one without a picture. */
  readonly plot?: Plot | undefined;
}

/** One line for each value of `lines`, of the cells in which all else is what it is first. */
export interface Plot {
  readonly over: PlotAxis;
  /** A measure, or the name of a cost model for its estimate. */
  readonly measure: MeasureName | (string & {});
  readonly lines: keyof Parameters;
}

export const plotAxes = ["services", "endpoints", "nodes", "sourceRanges", "churn", "endpointChurn"] as const;
export type PlotAxis = (typeof plotAxes)[number];

export interface Cell {
  /** Its place among all cells of the experiment, from 0. */
  readonly index: number;
  readonly seed: string;
  readonly parameters: Parameters;
}
