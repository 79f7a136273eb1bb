import { sha256Hex } from "@kubenetsim/core/runtime/sha256-hex";
import { byQueue } from "@kubenetsim/workers/queue/by-queue";
import type { QueuePlace } from "@kubenetsim/workers/queue/queue-place";
import { runWorker } from "@kubenetsim/workers/queue/queue-worker";
import { cellJobModule } from "./cell-job-module.ts";
import { codeVersion } from "./code-version.ts";
import type { Experiment } from "./experiment.ts";
import { dearestFirst, type GatheredResults, type GatherOptions, gatherCells } from "./gather-cells.ts";
import { readExperiment } from "./read-experiment.ts";

export interface ByQueueOptions extends GatherOptions {
  /** The Redis: `redis://[USER:PASSWORD@]HOST[:PORT][/DB]`, or `rediss://`. */
  readonly queue: string;
  /** How long Redis may be away before the run ends with what there is, in milliseconds (60,000). */
  readonly awayMs?: number;
}

/**
 * Has an experiment's cells measured by workers (`kubenetsim worker`, `workForQueue`) on any machines. What they have measured
 * stays in Redis until the experiment is whole: the same call goes on from there, also from another machine.
 *
 * @throws ParseError where there is no Redis that lets us in, or only workers of other versions; and for an experiment that
 *   cannot be run
 */
export async function runExperimentByQueue(
  experiment: Experiment,
  { queue, awayMs, ...options }: ByQueueOptions,
): Promise<GatheredResults> {
  const place = placeAt(queue);
  const content = JSON.stringify([place.version, readExperiment(experiment, experiment.name)]);
  const run = sha256Hex(content).slice(0, 32);
  const runner = byQueue({ ...place, run, ...(awayMs === undefined ? {} : { awayMs }) });
  return gatherCells(experiment, dearestFirst(runner), options);
}

export interface WorkOptions {
  readonly queue: string;
  /** Cells at once. */
  readonly concurrency: number;
  /** Finishes what was begun, and ends. */
  readonly interruption: AbortSignal;
  readonly onNote: (text: string) => void;
}

/**
 * Measures cells for whoever queues them at this Redis, in threads of this process, until it is interrupted.
 *
 * @throws ParseError where there is no Redis that lets us in
 */
export function workForQueue({ queue, concurrency, interruption, onNote }: WorkOptions): Promise<void> {
  return runWorker({ ...placeAt(queue), module: cellJobModule, concurrency, note: onNote }, interruption);
}

/** Other code may count otherwise, also within a version: it has a queue of its own. */
function placeAt(url: string): QueuePlace {
  return { url, program: "kubenetsim", version: codeVersion() };
}
