import { setTimeout } from "node:timers/promises";
import { interrupted, type JobEvents, type JobRunner, type Stop } from "../job.ts";
import { Collection } from "./collection.ts";
import { type Ending, endingOf } from "./ending.ts";
import { type QueuePlace, shownUrl } from "./queue-place.ts";
import { Watch } from "./watch.ts";

export interface QueueOptions extends QueuePlace {
  /** Of what is run, letters and digits: the same jobs have the same, so that a run that broke off is gone on with. */
  readonly run: string;
  /** How often a job is tried (3). */
  readonly attempts?: number;
  /** Until the second attempt; each further time twice as long (1000). */
  readonly backoffMs?: number;
  /** Redis may be away so long (60,000). */
  readonly awayMs?: number;
  /** Between two looks at what has ended (200). */
  readonly pollMs?: number;
  /** Jobs that do not come for so long are looked after: are they still in the queue, is there a worker (5000)? */
  readonly idleMs?: number;
}

const defaults = { attempts: 3, backoffMs: 1000, awayMs: 60_000, pollMs: 200, idleMs: 5000 } as const;

/**
 * Puts jobs into a queue on Redis and waits for what workers on any machines make of them. What is finished stays in Redis
 * until all is, for a week at most: whoever runs the same again goes on from there.
 *
 * The runner rejects with a ParseError where there is no Redis that lets us in, or only workers of other versions.
 */
export function byQueue(options: QueueOptions): JobRunner {
  const all = { ...defaults, ...options };
  return async (jobs, events, interruption) => {
    const collection = await Collection.open(all, jobs, events);
    try {
      return await collect(collection, all, events, interruption);
    } finally {
      collection.close();
    }
  };
}

interface Limits {
  readonly url: string;
  readonly awayMs: number;
  readonly pollMs: number;
  readonly idleMs: number;
}

async function collect(
  collection: Collection,
  { url, awayMs, pollMs, idleMs }: Limits,
  events: JobEvents,
  interruption: AbortSignal | undefined,
): Promise<Stop | undefined> {
  const watch = new Watch(collection, url, events);
  const inTime = (work: Promise<void>): Promise<Ending> => endingOf(work, awayMs, interruption);
  let ending = await inTime(collection.forgetFailures());
  while (ending === "done" && !collection.isComplete) {
    ending = await inTime(watch.round(pollMs, idleMs));
    if (ending === "done" && !collection.isComplete) ending = await inTime(setTimeout(pollMs));
  }
  watch.end();
  const hint = "what is finished stays in Redis for a week: run the same again to go on";
  if (ending === "interrupted") return { ...interrupted, hint };
  if (ending === "late") return { reason: `no word from the Redis at ${shownUrl(url)} for ${awayMs / 1000} s`, hint };
  return ending === "done" ? undefined : { reason: `the Redis at ${shownUrl(url)} refuses: ${ending.refused}`, hint };
}
