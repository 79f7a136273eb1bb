import type { CostModel } from "@kubenetsim/network/cost/model";
import { cellsOf } from "./cells.ts";
import type { Cell, Experiment } from "./experiment.ts";
import { FieldPlace } from "./field-place.ts";
import type { MeasureName } from "./measures.ts";
import { parameterNames } from "./parameters.ts";
import { readExperiment } from "./read-experiment.ts";
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

/**
 * Measures a cell: plain JSON, the same for the same job wherever it runs and however often.
 *
 * @param job a `CellJob`, or what somebody else calls one
 * @throws ParseError for what is none, and for a cell that no experiment may have
 */
export function run(job: unknown): CellResult {
  const { cell, measures, costModels } = readCellJob(job);
  return runCell(cell, measures, costModels);
}

/** Held to all that holds for experiments, by way of one that has this cell alone. */
function readCellJob(value: unknown): CellJob {
  const job = new FieldPlace(value, { name: "the job" }).object(["cell", "measures", "costModels"]);
  const cell = job.field("cell").object(["index", "seed", "parameters"]);
  const index = cell.field("index");
  if (!isIndex(index.value)) throw index.problem("must be a whole number, 0 or more");
  const parameters = cell.field("parameters").object(parameterNames);
  const values = parameterNames.map((name) => [name, [parameters.field(name).value]] as const);
  const models = job.field("costModels").value;
  const experiment = readExperiment(
    {
      name: "the job",
      vary: Object.fromEntries(values),
      measures: job.field("measures").value,
      seeds: [cell.field("seed").value],
      ...(Array.isArray(models) && models.length === 0 ? {} : { costModels: models }),
    },
    "the job",
  );
  return jobOf({ ...cellsOf(experiment)[0]!, index: index.value }, experiment);
}

function isIndex(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
