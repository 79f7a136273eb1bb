/**
 * One independent piece of work, as it goes to another thread, process or machine: plain JSON.
 *
 * @example { index: 0, module: import.meta.resolve("./cell-job.js"), input: { mode: "ipvs", services: 1000 } }
 */
export interface Job {
  /** Its place among all, from 0: results are put together in this order. */
  readonly index: number;
  /** A module that has a `JobModule`'s functions, as a file URL. */
  readonly module: string;
  readonly input: unknown;
}

/** What a job's module exports. The same input must give the same output, wherever it runs and how often. */
export interface JobModule {
  run(input: unknown): unknown;
}
