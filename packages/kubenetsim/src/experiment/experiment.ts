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
  /** Undefined for one without a picture. */
  readonly plot?: Plot | undefined;
}

/** One line for each value of `lines`, of the cells in which all else is what it is first. */
export interface Plot {
  readonly over: "services" | "endpoints" | "churn";
  readonly measure: MeasureName;
  readonly lines: keyof Parameters;
}

export interface Cell {
  /** Its place among all cells of the experiment, from 0. */
  readonly index: number;
  readonly seed: string;
  readonly parameters: Parameters;
}
