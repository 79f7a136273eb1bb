import { ParseError } from "@kubenetsim/core/runtime/errors";

/** What a worker is handed. */
export interface QueuedJob {
  readonly run: string;
  readonly index: number;
  readonly input: unknown;
}

/** @throws ParseError for what nobody of ours has put there: whoever can write into the Redis can queue anything */
export function readQueuedJob(data: unknown): QueuedJob {
  const { run, index, input } = (data ?? {}) as Partial<Record<keyof QueuedJob, unknown>>;
  if (typeof run !== "string" || !/^[A-Za-z0-9]{1,64}$/.test(run)) {
    throw new ParseError("it is no job: run must be letters and digits, at most 64");
  }
  if (typeof index !== "number" || !Number.isSafeInteger(index) || index < 0) {
    throw new ParseError("it is no job: index must be a whole number, 0 or more");
  }
  return { run, index, input };
}
