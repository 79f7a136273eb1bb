import { setTimeout } from "node:timers/promises";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import { Worker } from "bullmq";
import type { Redis } from "ioredis";
import { reasonOf, shownLine } from "../job.ts";
import { Pool } from "../pool.ts";
import { memberName, membersAt, otherVersions } from "./members.ts";
import { keptForSeconds, outputsKey, type QueuePlace, queueName, shownUrl } from "./queue-place.ts";
import { readQueuedJob } from "./queued-job.ts";
import { connectTo } from "./redis-connection.ts";

export interface WorkerOptions extends QueuePlace {
  /** A `JobModule`'s file URL: what jobs are done with, whoever queued them. */
  readonly module: string;
  /** Jobs at once, each in a thread of its own. */
  readonly concurrency: number;
  /** A job whose worker gives no sign for so long is another's to do. */
  readonly lockMs?: number;
  /** What a job may take of memory before it fails; what this process may unless given. */
  readonly heapMegabytes?: number;
  /** Told what the user should know. */
  readonly note: (text: string) => void;
}

const defaultLockMs = 15_000;
/** So often a job may lose its worker: what kills every worker must not go round forever. */
const mostLosses = 2;
const lookMs = 5000;

/**
 * Takes jobs from a queue until it is interrupted, and then finishes those that it has.
 *
 * @throws ParseError where there is no Redis that lets us in, or one whose keys are not a queue's
 */
export async function runWorker(options: WorkerOptions, interruption: AbortSignal): Promise<void> {
  const redis = await connectTo(options, memberName(options, "worker"));
  const pool = new Pool(options.module, options.concurrency, options.heapMegabytes);
  const refusal = new AbortController();
  const worker = startWorker(options, redis, pool, refusal);
  try {
    await worker.waitUntilReady();
    options.note(`taking jobs from ${shownUrl(options.url)}, ${options.concurrency} at once`);
    await lookForCollectors(options, redis, AbortSignal.any([interruption, refusal.signal]));
    if (refusal.signal.aborted) {
      // Without its jobs: it could give none of them back.
      await worker.close(true);
      throw refusal.signal.reason;
    }
    options.note("finishing what was begun; a second signal ends it at once, and others do it again");
    await worker.close();
  } finally {
    await pool.close();
    redis.disconnect();
  }
}

/** @param refusal aborted with a ParseError where no job can ever be taken */
function startWorker(options: WorkerOptions, redis: Redis, pool: Pool, refusal: AbortController): Worker {
  const { concurrency, program, lockMs = defaultLockMs, note } = options;
  const work = async (name: string, data: unknown): Promise<void> => {
    const { run, index, input } = readQueuedJob(data);
    const key = outputsKey(options, run);
    if ((await redis.hexists(key, String(index))) === 1) return;
    const output = await pool.run({ index, name, input });
    // Kept before the job counts as done: who is killed in between leaves it to one who finds that it is.
    const kept = await redis
      .multi()
      .hset(key, String(index), JSON.stringify(output))
      .expire(key, keptForSeconds)
      .exec();
    for (const [refused] of kept ?? []) if (refused !== null) throw refused;
  };
  const worker = new Worker(queueName(options), ({ name, data }) => work(name, data), {
    connection: redis,
    prefix: program,
    concurrency,
    lockDuration: lockMs,
    stalledInterval: lockMs,
    maxStalledCount: mostLosses,
  });
  worker.on("failed", (job, problem) => note(`${shownLine(job?.name ?? "a job")} failed: ${reasonOf(problem)}`));
  tellErrors(worker, options, redis, refusal);
  tellConnection(redis, note);
  return worker;
}

/** A Redis that is away is told of by its connection; a job that went with it is queued again by who waits for it. */
function tellErrors(worker: Worker, { url, note }: WorkerOptions, redis: Redis, refusal: AbortController): void {
  let told = "";
  worker.on("error", (problem) => {
    if (redis.status !== "ready" || isOfConnection(problem)) return;
    const isAnswer = problem.name === "ReplyError";
    const text = isAnswer ? `the Redis at ${shownUrl(url)} refuses: ${reasonOf(problem)}` : reasonOf(problem);
    if (isAnswer && lasting.test(problem.message)) {
      const hint = "another program's keys, or a user that may not do everything: give another database or user";
      return refusal.abort(new ParseError(text, { hint }));
    }
    if (text !== told) note(text);
    told = text;
  });
}

/** What a Redis answers that it will answer again. */
const lasting = /\b(WRONGTYPE|NOPERM|NOAUTH)\b/;

function isOfConnection(problem: Error): boolean {
  return typeof (problem as { code?: unknown }).code === "string" || problem.message.startsWith("Connection is closed");
}

function tellConnection(redis: Redis, note: (text: string) => void): void {
  let isAway = false;
  redis.on("close", () => {
    if (!isAway && redis.status !== "end") note("Redis went away: waiting for it");
    isAway = true;
  });
  redis.on("ready", () => {
    isAway = false;
    note("Redis is there again");
  });
}

/** Until it is interrupted: says when somebody of another version waits for jobs, which are not done here. */
async function lookForCollectors(options: WorkerOptions, redis: Redis, interruption: AbortSignal): Promise<void> {
  let told = "";
  while (!interruption.aborted) {
    const members = redis.status === "ready" ? await membersAt(redis, options) : undefined;
    const others = otherVersions(members ?? [], "collector", options.version).join(", ");
    if (others !== "" && others !== told) {
      options.note(`version ${others} waits for jobs; this is ${options.version} and does none of them`);
    }
    told = others;
    await setTimeout(lookMs, undefined, { signal: interruption }).catch(() => undefined);
  }
}
