import type { CostModel } from "@kubenetsim/network/cost/model";
import type { Cell, Experiment } from "./experiment.ts";
import type { MeasureName } from "./measures.ts";
import type { CellResult } from "./results.ts";
import { runCell } from "./run-cell.ts";

/** One cell of an experiment as work of its own: plain JSON, for this thread or for another machine. */
export interface CellJob {
  readonly cell: Cell;
  readonly measures: readonly MeasureName[];
  readonly costModels: readonly CostModel[];
}

/** A cell of an experiment with what the experiment says of all of them. */
export function jobOf(cell: Cell, { measures, costModels = [] }: Experiment): CellJob {
  return { cell, measures, costModels };
}

/** Measures a cell: plain JSON, the same for the same job wherever it runs and however often. */
export function run({ cell, measures, costModels }: CellJob): CellResult {
  return runCell(cell, measures, costModels);
}
