import type { Displayed } from "@kubenetsim/display/display";
import type { Job, JobRunner, Stop } from "@kubenetsim/workers";
import { isInShard, type Shard, wholeShard } from "@kubenetsim/workers/shard";
import { jobOf } from "./cell-job.ts";
import { bytesOf, cellsOf } from "./cells.ts";
import type { Cell, Experiment } from "./experiment.ts";
import { parameterNames } from "./parameters.ts";
import { readExperiment } from "./read-experiment.ts";
import { type CellResult, type ExperimentResults, resultsOf } from "./results.ts";

/** What is told of a run whose cells are measured somewhere else, in any order. */
export interface GatherOptions {
  /** A part of the cells; all unless given. */
  readonly shard?: Shard;
  /** Ends the run; what is measured by then is kept. */
  readonly interruption?: AbortSignal;
  /** Told when a cell begins, where that is known, with how many have ended. */
  readonly onCell?: (cell: Cell, ended: number, all: number) => void;
  /** Told after each cell, with all that there is by now. */
  readonly onResults?: (results: ExperimentResults, ended: number, all: number) => void;
  /** Told what the user should know on the way. */
  readonly onNote?: (text: string) => void;
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
  const fail = ({ index, name }: Job, reason: string): void => void failed.push({ cell: cells[index]!, name, reason });
  const stopped = await runner(
    jobs,
    {
      started: ({ index }) => onCell?.(cells[index]!, done.length + failed.length, jobs.length),
      done: (job, output) => {
        if (isResultOf(output, cells[job.index]!)) done.push(output);
        else return fail(job, "what came back is not its result");
        onResults?.(resultsOf(experiment, cells.length, done), done.length + failed.length, jobs.length);
      },
      failed: fail,
      note: (text) => onNote?.(text),
    },
    interruption,
  );
  failed.sort((a, b) => a.cell.index - b.cell.index);
  return { results: resultsOf(experiment, cells.length, done), failed, stopped };
}

/** The dearest ones first, so that no thread is left alone with the largest one at the end. */
export function dearestFirst(runner: JobRunner): JobRunner {
  const bytes = ({ input }: Job): number => bytesOf((input as { readonly cell: Cell }).cell.parameters);
  return (jobs, ...more) =>
    runner(
      [...jobs].sort((a, b) => bytes(b) - bytes(a)),
      ...more,
    );
}

function cellJob(cell: Cell, experiment: Experiment): Job {
  return { index: cell.index, name: cellName(cell, experiment), input: jobOf(cell, experiment) };
}

/** `cell 3 (mode ipvs, services 1000)`: what varies. */
function cellName({ index, seed, parameters }: Cell, { vary, seeds }: Experiment): string {
  const varied = parameterNames.filter((name) => (vary[name]?.length ?? 1) > 1);
  const words = varied.map((name) => `${name} ${parameters[name]}`);
  if (seeds.length > 1) words.push(`seed ${seed}`);
  return words.length === 0 ? `cell ${index}` : `cell ${index} (${words.join(", ")})`;
}

function isResultOf(output: unknown, { index, seed, parameters }: Cell): output is CellResult {
  const result = output as CellResult | undefined;
  if (typeof result !== "object" || result === null || typeof result.measured !== "object") return false;
  return JSON.stringify([result.index, result.seed, result.parameters]) === JSON.stringify([index, seed, parameters]);
}
