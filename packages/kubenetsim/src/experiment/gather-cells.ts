import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { Displayed } from "@kubenetsim/display/display";
import type { Job, JobRunner, Stop } from "@kubenetsim/workers";
import { isInShard, type Shard, wholeShard } from "@kubenetsim/workers/shard";
import { jobOf } from "./cell-job.ts";
import { bytesOf, cellsOf, groupOf } from "./cells.ts";
import type { Cell, Experiment } from "./experiment.ts";
import { parameterNames } from "./parameters.ts";
import { readCellResult } from "./read-cell-result.ts";
import { readExperiment } from "./read-experiment.ts";
import { type CellResult, type ExperimentResults, resultsOf } from "./results.ts";

/** What is told of a run whose cells are measured somewhere else, in any order. */
export interface GatherOptions {
  /** A part of the cells; all unless given. */
  readonly shard?: Shard;
  /** Ends the run; what is measured by then is kept. */
  readonly interruption?: AbortSignal;
  /** Told when a cell begins, where that is known. */
  readonly onCell?: (cell: Cell, progress: CellsProgress) => void;
  /** Told after each cell, with all that there is by now. */
  readonly onResults?: (results: ExperimentResults, progress: CellsProgress) => void;
  /** Told what the user should know on the way. */
  readonly onNote?: (text: string) => void;
}

export interface CellsProgress {
  /** Cells that were measured, or cannot be. */
  readonly ended: number;
  readonly all: number;
  /** Of the work, 0 to 1: cells are as dear as they are large. */
  readonly share: number;
}

/** What came of a run, whole or not. */
export interface GatheredResults {
  /** Marked as partial where cells are missing. */
  readonly results: ExperimentResults & Displayed;
  /** Cells that cannot be measured, in their order. */
  readonly failed: readonly FailedCell[];
  /** Why it ended before its end; undefined where it did not. */
  readonly stopped: Stop | undefined;
}

export interface FailedCell {
  readonly cell: Cell;
  /** For messages: its index, and the parameters that vary. */
  readonly name: string;
  readonly reason: string;
}

/**
 * Runs an experiment's cells by way of a runner. The results have the same bytes as those of `runExperiment`, in whatever order
 * the cells end.
 *
 * @throws ParseError for an experiment that cannot be run: see `readExperiment` and `cellsOf`; what else the runner throws
 */
export async function gatherCells(
  given: Experiment,
  runner: JobRunner,
  options: GatherOptions = {},
): Promise<GatheredResults> {
  const experiment = readExperiment(given, given.name);
  const cells = cellsOf(experiment);
  const { shard = wholeShard, interruption, onCell, onResults, onNote } = options;
  const jobs = cells.filter(({ index }) => isInShard(index, shard)).map((cell) => cellJob(cell, experiment));
  const done: CellResult[] = [];
  const failed: FailedCell[] = [];
  const work = { all: weightOf(jobs), done: 0 };
  const progress = (): CellsProgress => {
    return { ended: done.length + failed.length, all: jobs.length, share: work.done / work.all };
  };
  const end = (job: Job, result: CellResult | string): void => {
    work.done += weightOf([job]);
    if (typeof result === "string") failed.push({ cell: cells[job.index]!, name: job.name, reason: result });
    else done.push(result);
    onResults?.(resultsOf(experiment, cells.length, done), progress());
  };
  const stopped = await runner(
    jobs,
    {
      started: ({ index }) => onCell?.(cells[index]!, progress()),
      done: (job, output) => end(job, resultOf(output, cells[job.index]!, experiment)),
      isOutput: (job, output) => typeof resultOf(output, cells[job.index]!, experiment) !== "string",
      failed: end,
      note: (text) => onNote?.(text),
    },
    interruption,
  );
  failed.sort((a, b) => a.cell.index - b.cell.index);
  return { results: resultsOf(experiment, cells.length, done), failed, stopped };
}

/** The dearest ones first, so that no thread is left alone with the largest one at the end. */
export function dearestFirst(runner: JobRunner): JobRunner {
  return (jobs, ...more) =>
    runner(
      [...jobs].sort((a, b) => weightOf([b]) - weightOf([a])),
      ...more,
    );
}

/** What a cell costs that has nothing in it, in bytes as it were. */
const leastWeight = 5e6;

/** Time goes with memory, roughly. */
function weightOf(jobs: readonly Job[]): number {
  const cells = jobs.map(({ input }) => (input as { readonly cell: Cell }).cell);
  return cells.reduce((sum, { parameters }) => sum + leastWeight + bytesOf(parameters), 0);
}

function cellJob(cell: Cell, experiment: Experiment): Job {
  return { index: cell.index, name: cellName(cell, experiment), group: groupOf(cell), input: jobOf(cell, experiment) };
}

/** `cell 3 (mode ipvs, services 1000)`: what varies. */
function cellName({ index, seed, parameters }: Cell, { vary, seeds }: Experiment): string {
  const varied = parameterNames.filter((name) => (vary[name]?.length ?? 1) > 1);
  const words = varied.map((name) => `${name} ${parameters[name]}`);
  if (seeds.length > 1) words.push(`seed ${seed}`);
  return words.length === 0 ? `cell ${index}` : `cell ${index} (${words.join(", ")})`;
}

/** What came back, or why it is not the cell's result. */
function resultOf(output: unknown, cell: Cell, experiment: Experiment): CellResult | string {
  try {
    return readCellResult(output, cell, experiment, "what came back");
  } catch (problem) {
    if (problem instanceof ParseError) return problem.message;
    throw problem;
  }
}
