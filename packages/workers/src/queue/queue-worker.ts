import { setTimeout } from "node:timers/promises";
import { Worker } from "bullmq";
import type { Redis } from "ioredis";
import { reasonOf } from "../job.ts";
import { Pool } from "../pool.ts";
import type { QueuedJob } from "./collection.ts";
import { memberName, membersAt, otherVersions } from "./members.ts";
import { keptForSeconds, outputsKey, type QueuePlace, queueName, shownUrl } from "./queue-place.ts";
import { connectTo } from "./redis-connection.ts";

export interface WorkerOptions extends QueuePlace {
  /** A `JobModule`'s file URL: what jobs are done with, whoever queued them. */
  readonly module: string;
  /** Jobs at once, each in a thread of its own. */
  readonly concurrency: number;
  /** A job whose worker gives no sign for so long is another's to do. */
  readonly lockMs?: number;
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
 * @throws ParseError where there is no Redis that lets us in
 */
export async function runWorker(options: WorkerOptions, interruption: AbortSignal): Promise<void> {
  const redis = await connectTo(options, memberName(options, "worker"));
  const pool = new Pool(options.module, options.concurrency);
  const worker = startWorker(options, redis, pool);
  try {
    await worker.waitUntilReady();
    options.note(`taking jobs from ${shownUrl(options.url)}, ${options.concurrency} at once`);
    await lookForCollectors(options, redis, interruption);
    options.note("finishing what was begun; a second signal ends it at once, and others do it again");
    await worker.close();
  } finally {
    await pool.close();
    redis.disconnect();
  }
}

function startWorker(options: WorkerOptions, redis: Redis, pool: Pool): Worker<QueuedJob> {
  const { concurrency, program, lockMs = defaultLockMs, note } = options;
  const work = async ({ index, run, input, name }: QueuedJob & { readonly name: string }): Promise<void> => {
    const key = outputsKey(options, run);
    if ((await redis.hexists(key, String(index))) === 1) return;
    const output = await pool.run({ index, name, input });
    // Kept before the job counts as done: who is killed in between leaves it to one who finds that it is.
    await redis.multi().hset(key, String(index), JSON.stringify(output)).expire(key, keptForSeconds).exec();
  };
  const worker = new Worker<QueuedJob>(queueName(options), ({ name, data }) => work({ ...data, name }), {
    connection: redis,
    prefix: program,
    concurrency,
    lockDuration: lockMs,
    stalledInterval: lockMs,
    maxStalledCount: mostLosses,
  });
  worker.on("failed", (job, problem) => note(`${job?.name ?? "a job"} failed: ${reasonOf(problem)}`));
  // A Redis that is away is told of below; a job that went with it is queued again by who waits for it.
  worker.on("error", () => undefined);
  let isAway = false;
  redis.on("close", () => {
    if (!isAway && redis.status !== "end") note("Redis went away: waiting for it");
    isAway = true;
  });
  redis.on("ready", () => {
    isAway = false;
    note("Redis is there again");
  });
  return worker;
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
