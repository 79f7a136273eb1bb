import { ParseError } from "@kubenetsim/core/runtime/errors";
import { inThreads } from "@kubenetsim/workers/pool";
import { cellJobModule } from "./cell-job-module.ts";
import type { Experiment } from "./experiment.ts";
import { dearestFirst, type GatheredResults, type GatherOptions, gatherCells } from "./gather-cells.ts";

export interface WorkersOptions extends GatherOptions {
  /** Threads, each of which measures one cell at a time, and takes the memory that it takes. */
  readonly workers: number;
}

/**
 * Runs an experiment's cells in threads of this process. For Node; `runExperiment` runs anywhere.
 *
 * @example
 * import { runExperimentInWorkers } from "kubenetsim/experiment/in-workers";
 * const { results } = await runExperimentInWorkers(builtInExperiments.lookup, { workers: 4 });
 * @throws ParseError for a number of workers that is none, and for an experiment that cannot be run
 */
export async function runExperimentInWorkers(
  experiment: Experiment,
  { workers, ...options }: WorkersOptions,
): Promise<GatheredResults> {
  if (!Number.isSafeInteger(workers) || workers < 1) throw new ParseError("workers must be a whole number, 1 or more");
  return gatherCells(experiment, dearestFirst(inThreads(cellJobModule, workers)), options);
}
