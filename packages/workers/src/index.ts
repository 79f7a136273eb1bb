export { inThisThread } from "./here.ts";
export { type IndexedJobOptions, indexedJob } from "./indexed-job.ts";
export type { Job, JobEvents, JobModule, JobRunner, Stop } from "./job.ts";
export { inThreads } from "./pool.ts";
export { byQueue, type QueueOptions } from "./queue/by-queue.ts";
export { runWorker, type WorkerOptions } from "./queue/queue-worker.ts";
export { isInShard, readShard, type Shard } from "./shard.ts";
