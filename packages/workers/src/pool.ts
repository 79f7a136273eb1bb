import { fileURLToPath } from "node:url";
import { getHeapStatistics } from "node:v8";
import { Tinypool } from "tinypool";
import { interrupted, type Job, type JobEvents, type JobRunner, reasonOf } from "./job.ts";

/** Threads that have loaded a job's module. One that breaks (out of memory) is replaced, and its job has failed. */
export class Pool {
  readonly #threads: Tinypool;
  /** Never resolves: rejects when threads cannot begin, since the module cannot be loaded. */
  readonly #cannotBegin: Promise<never>;

  /**
   * @param module a `JobModule`'s file URL
   * @param heapMegabytes that a job may take, before it fails; what this process may unless given
   */
  constructor(module: string, size: number, heapMegabytes: number = heapLimitMegabytes()) {
    this.#threads = new Tinypool({
      filename: fileURLToPath(module),
      name: "run",
      minThreads: size,
      maxThreads: size,
      // A job is one long computation: threads that wait need not be woken at once, and must not take a processor.
      useAtomics: false,
      // Options of the process (a debugger's, a test runner's) are not for what must be the same on any machine.
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: heapMegabytes },
    });
    this.#cannotBegin = new Promise((_, reject) => this.#threads.once("error", reject));
    this.#cannotBegin.catch(() => this.close());
  }

  /** @throws what the job throws, as an Error of the same message */
  run({ input }: Job): Promise<unknown> {
    return Promise.race([this.#threads.run(input) as Promise<unknown>, this.#cannotBegin]);
  }

  /** Ends all threads at once; jobs that run fail. */
  close(): Promise<void> {
    return this.#threads.destroy();
  }
}

function heapLimitMegabytes(): number {
  return Math.floor(getHeapStatistics().heap_size_limit / 2 ** 20);
}

/**
 * Does jobs in threads of their own, `size` at a time.
 *
 * @example await inThreads(import.meta.resolve("./cell-job.js"), 4)(jobs, { done: keep, failed: report });
 */
export function inThreads(module: string, size: number): JobRunner {
  return async (jobs, events, interruption) => {
    if (interruption?.aborted) return interrupted;
    const pool = new Pool(module, Math.min(size, Math.max(1, jobs.length)));
    const close = (): void => void pool.close();
    interruption?.addEventListener("abort", close, { once: true });
    try {
      const waiting = groupsOf(jobs).values();
      await Promise.all(Array.from({ length: size }, () => takeJobs(waiting, pool, events, interruption)));
      return interruption?.aborted ? interrupted : undefined;
    } finally {
      interruption?.removeEventListener("abort", close);
      if (!interruption?.aborted) await pool.close();
    }
  };
}

/** Those that follow each other, together. */
function groupsOf(jobs: readonly Job[]): Job[][] {
  const groups: Job[][] = [];
  for (const job of jobs) {
    const last = groups.at(-1);
    if (job.group !== undefined && last?.[0]?.group === job.group) last.push(job);
    else groups.push([job]);
  }
  return groups;
}

/** As many of these run at once as there are threads, on one iterator: who ends a job takes the next one in the thread that is free then. */
async function takeJobs(
  waiting: Iterable<readonly Job[]>,
  pool: Pool,
  events: JobEvents,
  interruption: AbortSignal | undefined,
): Promise<void> {
  for (const job of inTurn(waiting)) {
    if (interruption?.aborted) return;
    events.started?.(job);
    const tell = await pool.run(job).then(
      (output) => () => events.done(job, output),
      (problem: unknown) => () => events.failed(job, reasonOf(problem)),
    );
    if (!interruption?.aborted) tell();
  }
}

function* inTurn(groups: Iterable<readonly Job[]>): Generator<Job> {
  for (const group of groups) yield* group;
}
