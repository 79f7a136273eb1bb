/**
 * One independent piece of work, as it goes to another thread, process or machine: plain JSON.
 *
 * @example { index: 0, name: "ipvs with 1000 Services", input: { mode: "ipvs", services: 1000 } }
 */
export interface Job {
  /** Its place among all, from 0: results are put together in this order. */
  readonly index: number;
  /** For messages. */
  readonly name: string;
  /** Jobs of one group that follow each other are done by one thread, which may remember what they share. */
  readonly group?: string;
  readonly input: unknown;
}

/**
 * What the module exports that does jobs. The same input must give the same output, wherever it runs and how often; it
 * must not end its process, of which nobody would hear.
 */
export interface JobModule {
  run(input: unknown): unknown;
}

/** Told what becomes of jobs. Outputs are plain JSON; each job ends once, in any order. */
export interface JobEvents {
  /** Where it is known, before `done` or `failed`. */
  started?(job: Job): void;
  done(job: Job, output: unknown): void;
  /** It cannot be done; the others go on. */
  failed(job: Job, reason: string): void;
  /** What the user should know: nobody takes jobs, Redis went away. */
  note?(text: string): void;
}

/** Why a run ended before all of its jobs. */
export interface Stop {
  readonly reason: string;
  /** How to go on. */
  readonly hint: string;
}

/** Does jobs, and ends when all have ended; with a reason where they have not. */
export type JobRunner = (
  jobs: readonly Job[],
  events: JobEvents,
  interruption?: AbortSignal,
) => Promise<Stop | undefined>;

export const interrupted: Stop = { reason: "interrupted", hint: "what is done is kept; another run begins anew" };

/** One line of what went wrong. */
export function reasonOf(problem: unknown): string {
  const text = problem instanceof Error ? problem.message : String(problem);
  return text.split("\n")[0]!;
}
