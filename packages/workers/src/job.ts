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
  /** Can that be the job's output? What others keep and is none is forgotten once, and the job done again. All is unless this is given. */
  isOutput?(job: Job, output: unknown): boolean;
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

/** One line of what went wrong, without signs that would act on a terminal. */
export function reasonOf(problem: unknown): string {
  return shownLine(messageOf(problem).split("\n")[0]!);
}

/** What is thrown need not be an Error, or is one of another thread's world. */
function messageOf(problem: unknown): string {
  if (typeof problem !== "object" || problem === null) return String(problem);
  const { message } = problem as { readonly message?: unknown };
  return typeof message === "string" ? message : JSON.stringify(problem);
}

/** A text of others as a piece of one line. */
export function shownLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not get through.
  return text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, " ");
}
