import type { Displayed } from "@kubenetsim/display/display";
import { isInShard, type Shard, wholeShard } from "@kubenetsim/workers/shard";
import { jobOf, run } from "./cell-job.ts";
import { cellsOf } from "./cells.ts";
import type { Cell, Experiment } from "./experiment.ts";
import { readExperiment } from "./read-experiment.ts";
import { type CellResult, type ExperimentResults, resultsOf } from "./results.ts";

export interface RunOptions {
  /** A part of the cells; all unless given. */
  readonly shard?: Shard;
  /** Told before each cell, with how many there are to run. */
  readonly onCell?: (cell: Cell, done: number, all: number) => void;
  /** Told after each cell, with all that there is by now. */
  readonly onResults?: (results: ExperimentResults) => void;
}

/**
 * Runs the cells of an experiment one after the other.
 *
 * @example
 * const { results } = runExperiment({ ...builtInExperiments.lookup, vary: { services: [1, 10, 100] } });
 * @throws ParseError for an experiment that cannot be run: see `readExperiment` and `cellsOf`
 */
export function runExperiment(given: Experiment, options: RunOptions = {}): ExperimentResults & Displayed {
  const experiment = readExperiment(given, given.name);
  const cells = cellsOf(experiment);
  const { shard = wholeShard, onCell, onResults } = options;
  const own = cells.filter(({ index }) => isInShard(index, shard));
  const done: CellResult[] = [];
  for (const cell of own) {
    onCell?.(cell, done.length, own.length);
    done.push(run(jobOf(cell, experiment)));
    onResults?.(resultsOf(experiment, cells.length, done));
  }
  return resultsOf(experiment, cells.length, done);
}
