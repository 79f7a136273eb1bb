import { ParseError } from "@kubenetsim/core/runtime/errors";
import { Queue } from "bullmq";
import type { Redis } from "ioredis";
import { type Job, type JobEvents, reasonOf } from "../job.ts";
import { memberName, membersAt, otherVersions } from "./members.ts";
import {
  jobId,
  keptForSeconds,
  outputsKey,
  partsOfJobId,
  type QueuePlace,
  queueName,
  shownUrl,
} from "./queue-place.ts";
import type { QueuedJob } from "./queued-job.ts";
import { connectTo } from "./redis-connection.ts";

/** Jobs fetched or put at once. */
const atOnce = 1000;

export interface CollectionOptions extends QueuePlace {
  /** Of what is run: letters and digits. */
  readonly run: string;
  /** How often a job is tried, and how long until the second time; each further time twice as long. */
  readonly attempts: number;
  readonly backoffMs: number;
}

/** The jobs of one run in their queue, seen by the one who waits for them. */
export class Collection {
  readonly #options: CollectionOptions;
  readonly #redis: Redis;
  readonly #queue: Queue<QueuedJob>;
  readonly #events: JobEvents;
  readonly #pending: Map<number, Job>;
  /** Indexes of jobs that are done again, since what Redis kept of them was no output. */
  readonly #again = new Set<number>();
  #told: string | undefined;

  static async open(options: CollectionOptions, jobs: readonly Job[], events: JobEvents): Promise<Collection> {
    return new Collection(options, await connectTo(options, memberName(options, "collector")), jobs, events);
  }

  private constructor(options: CollectionOptions, redis: Redis, jobs: readonly Job[], events: JobEvents) {
    this.#options = options;
    this.#redis = redis;
    this.#queue = new Queue(queueName(options), { connection: redis, prefix: options.program });
    this.#queue.on("error", () => undefined);
    this.#events = events;
    this.#pending = new Map(jobs.map((job) => [job.index, job]));
  }

  get isComplete(): boolean {
    return this.#pending.size === 0;
  }

  /** @param back called each time that the connection stands again */
  watchConnection(away: () => void, back: () => void): void {
    this.#redis.on("close", away);
    this.#redis.on("ready", back);
  }

  /** What has failed in an earlier run is tried again. */
  async forgetFailures(): Promise<void> {
    for (const { id } of await this.#failures()) await this.#queue.remove(id);
  }

  /** Puts all jobs into the queue that have not ended; those that are there already stay as they are. */
  enqueue(): Promise<void> {
    return this.#put([...this.#pending.values()]);
  }

  async #put(given: readonly Job[]): Promise<void> {
    const { run, attempts, backoffMs } = this.#options;
    const jobs = given.map(({ index, name, input }) => ({
      name,
      data: { run, index, input },
      opts: {
        jobId: jobId(run, index),
        attempts,
        backoff: { type: "exponential", delay: backoffMs },
        removeOnComplete: true,
        removeOnFail: { age: keptForSeconds },
      },
    }));
    for (let from = 0; from < jobs.length; from += atOnce) await this.#queue.addBulk(jobs.slice(from, from + atOnce));
  }

  /** Tells of what has ended since the last call. @returns how many jobs that are */
  async takeEnded(): Promise<number> {
    const before = this.#pending.size;
    await this.#takeOutputs();
    if (this.#pending.size > 0) await this.#takeFailures();
    return before - this.#pending.size;
  }

  async #takeOutputs(): Promise<void> {
    const key = outputsKey(this.#options, this.#options.run);
    const indexes = [...this.#pending.keys()];
    for (let from = 0; from < indexes.length; from += atOnce) {
      const some = indexes.slice(from, from + atOnce);
      const outputs = await this.#redis.hmget(key, ...some.map(String));
      for (const [i, text] of outputs.entries()) {
        if (text !== null) await this.#takeOutput(this.#pending.get(some[i]!)!, readOutput(text));
      }
    }
  }

  async #takeOutput(job: Job, output: unknown): Promise<void> {
    const isOne = output !== undefined && (this.#events.isOutput?.(job, output) ?? true);
    const problem = `what ${shownUrl(this.#options.url)} keeps of it is not its output`;
    if (isOne) this.#end(job.index, () => this.#events.done(job, output));
    else if (this.#again.has(job.index)) this.#end(job.index, () => this.#events.failed(job, problem));
    else await this.#doAgain(job, problem);
  }

  async #doAgain(job: Job, problem: string): Promise<void> {
    this.#again.add(job.index);
    this.#events.note?.(`${job.name}: ${problem}: it is done again`);
    await this.#redis.hdel(outputsKey(this.#options, this.#options.run), String(job.index));
    await this.#put([job]);
  }

  async #takeFailures(): Promise<void> {
    for (const { index, reason } of await this.#failures()) {
      if (this.#pending.has(index)) this.#end(index, (job) => this.#events.failed(job, reason));
    }
  }

  #end(index: number, tell: (job: Job) => void): void {
    const job = this.#pending.get(index)!;
    this.#pending.delete(index);
    tell(job);
  }

  async #failures(): Promise<{ readonly id: string; readonly index: number; readonly reason: string }[]> {
    if ((await this.#queue.getFailedCount()) === 0) return [];
    return (await this.#queue.getFailed()).flatMap(({ id = "", failedReason }) => {
      const { run, index } = partsOfJobId(id);
      return run === this.#options.run ? [{ id, index, reason: failureReason(failedReason) }] : [];
    });
  }

  /** No job of any run is in the queue: Redis has come back without them. */
  async isQueueEmpty(): Promise<boolean> {
    const counts = await this.#queue.getJobCounts("wait", "active", "delayed", "prioritized");
    return Object.values(counts).every((count) => count === 0);
  }

  /** Says when nobody does the jobs. @throws ParseError when only workers of other versions are there */
  async lookForWorkers(): Promise<void> {
    const { version, url } = this.#options;
    const members = await membersAt(this.#redis, this.#options);
    if (members === undefined) return;
    const isServed = members.some((one) => one.role === "worker" && one.version === version);
    const others = otherVersions(members, "worker", version);
    if (!isServed && others.length > 0) {
      throw new ParseError(`the workers at ${shownUrl(url)} are of version ${others.join(", ")}, this is ${version}`, {
        hint: "run the same version on all machines: what they compute may differ",
      });
    }
    const told = isServed ? undefined : `no worker takes jobs from ${shownUrl(url)} yet`;
    if (told !== undefined && told !== this.#told) this.#events.note?.(told);
    this.#told = told;
  }

  /** All of it has been taken. */
  async forget(): Promise<void> {
    await this.forgetFailures();
    await this.#redis.unlink(outputsKey(this.#options, this.#options.run));
  }

  close(): void {
    this.#redis.disconnect();
  }
}

/** Undefined for what is no JSON. */
function readOutput(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** BullMQ's words for a job that comes back from a lost worker too often, in ours. */
function failureReason(reason: string): string {
  return reason.startsWith("job stalled") ? "every worker that did it was lost" : reasonOf(reason);
}
