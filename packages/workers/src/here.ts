import { setImmediate } from "node:timers/promises";
import { interrupted, type Job, type JobModule, type JobRunner, reasonOf } from "./job.ts";

/** Does jobs one after the other in this thread. Signals are heard between two of them. */
export function inThisThread({ run }: JobModule): JobRunner {
  return async (jobs, events, interruption) => {
    for (const job of jobs) {
      await setImmediate();
      if (interruption?.aborted) return interrupted;
      events.started?.(job);
      const ended = attempt(job, run);
      if ("output" in ended) events.done(job, ended.output);
      else events.failed(job, ended.reason);
    }
    return undefined;
  };
}

function attempt(job: Job, run: JobModule["run"]): { readonly output: unknown } | { readonly reason: string } {
  try {
    return { output: run(job.input) };
  } catch (problem) {
    return { reason: reasonOf(problem) };
  }
}
