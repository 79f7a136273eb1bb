import { availableParallelism } from "node:os";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import { inThisThread } from "@kubenetsim/workers/here";
import type { Shard } from "@kubenetsim/workers/shard";
import * as cellJob from "../experiment/cell-job.ts";
import { cellsOf } from "../experiment/cells.ts";
import type { Experiment } from "../experiment/experiment.ts";
import { type GatheredResults, type GatherOptions, gatherCells } from "../experiment/gather-cells.ts";
import { worthwhileWorkers } from "../experiment/worker-count.ts";
import type { Arguments, Option } from "./command.ts";

/** Where the cells of an experiment are measured. */
export const cellsOptions: Readonly<Record<"workers" | "queue" | "wait", Option>> = {
  workers: {
    type: "string",
    value: "N|auto",
    help: "threads that measure, 1 for none but the program's own (default: auto, what the experiment is worth here)",
  },
  queue: {
    type: "string",
    value: "URL",
    help: "have the cells measured by kubenetsim worker, on any machines, by way of this Redis: redis://[USER:PASSWORD@]HOST[:PORT][/DB]",
  },
  wait: { type: "string", value: "SECONDS", help: "how long Redis may be away (default: 60)" },
};

const mostWorkers = 1024;

/** @throws ParseError for options that contradict each other or are none */
export function readCellsRun(
  args: Arguments,
  shard: Shard,
): (experiment: Experiment, options: GatherOptions) => Promise<GatheredResults> {
  const [workers, queue] = [args.text("workers"), args.text("queue")];
  const awayMs = readCount("wait", args.text("wait") ?? "60", 1_000_000) * 1000;
  if (queue !== undefined && workers !== undefined) {
    throw new ParseError("--workers and --queue exclude each other", {
      hint: "kubenetsim worker --concurrency N says how many a worker has",
    });
  }
  if (queue === undefined && args.text("wait") !== undefined) throw new ParseError("--wait is for --queue");
  const count = workers === undefined || workers === "auto" ? undefined : readCount("workers", workers, mostWorkers);
  return async (experiment, options) => {
    // Loaded where they are asked for: no other command waits for them.
    if (queue !== undefined) {
      const { runExperimentByQueue } = await import("../experiment/by-queue.ts");
      return runExperimentByQueue(experiment, { ...options, shard, queue, awayMs });
    }
    const machine = { processors: availableParallelism(), freeBytes: process.availableMemory() };
    const threads = count ?? worthwhileWorkers(cellsOf(experiment), machine);
    if (threads === 1) return gatherCells(experiment, inThisThread(cellJob), { ...options, shard });
    const { runExperimentInWorkers } = await import("../experiment/in-workers.ts");
    return runExperimentInWorkers(experiment, { ...options, shard, workers: threads });
  };
}

/** @throws ParseError for what is no whole number from 1 to `most` */
export function readCount(option: string, text: string, most: number): number {
  const count = /^\d{1,7}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= most) return count;
  throw new ParseError(`--${option} takes a whole number from 1 to ${most}, not "${text}"`);
}
