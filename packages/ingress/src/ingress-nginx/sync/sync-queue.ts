import type { Clock } from "@kubenetsim/core/runtime/clock";

/** How fast the controller works. */
export interface SyncPace {
  /** The least time between two syncs: 1000 / `--sync-rate-limit`. */
  readonly periodMs: number;
  /** How long one takes that gives nginx another file. */
  readonly reloadMs: number;
}

/** `--sync-rate-limit 0.3`, the default. */
export const defaultSyncPace: SyncPace = { periodMs: 1000 / 0.3, reloadMs: 0 };

/** What one sync came to, as far as the queue minds. */
export interface SyncReport {
  readonly failed: boolean;
  readonly reloaded: boolean;
}

interface Item {
  readonly key: string;
  /** When it was added; undefined for one that failed and is never passed over. */
  readonly addedMs: number | undefined;
}

const firstRetryMs = 5;
const lastRetryMs = 1_000_000;

/**
 * The controller's queue (internal/task/queue.go over client-go's workqueue): one sync at a time, at most one each period. What was
 * added before the last sync began is passed over. What fails comes again, after 5 ms at first and twice as long each time.
 */
export class SyncQueue {
  readonly #clock: Clock;
  readonly #pace: SyncPace;
  readonly #sync: (key: string) => SyncReport;
  readonly #items: Item[] = [];
  readonly #failures = new Map<string, number>();
  #isWorking = false;
  #lastSyncMs = -1;
  #nextTurnMs = 0;
  /** What is being worked at, and when that will be done. */
  #current: { readonly item: Item; readonly dueMs: number } | undefined;

  constructor(clock: Clock, pace: SyncPace, sync: (key: string) => SyncReport) {
    this.#clock = clock;
    this.#pace = pace;
    this.#sync = sync;
  }

  /** When it comes to the next of what was asked for; undefined when only what has failed is left. */
  get dueMs(): number | undefined {
    const { item, dueMs } = this.#current ?? {};
    const isAsked = [...(item === undefined ? [] : [item]), ...this.#items].some(
      ({ addedMs }) => addedMs !== undefined,
    );
    return isAsked ? dueMs : undefined;
  }

  /** Asks for a sync because of an object, by its key. */
  add(key: string): void {
    this.#put({ key, addedMs: this.#clock.nowMs });
  }

  #put(item: Item): void {
    const isQueued = this.#items.some((other) => other.key === item.key && other.addedMs === item.addedMs);
    if (!isQueued) this.#items.push(item);
    if (!this.#isWorking) this.#next();
  }

  #next(): void {
    const item = this.#take();
    this.#isWorking = item !== undefined;
    if (item === undefined) {
      this.#current = undefined;
      return;
    }
    const begunMs = this.#clock.nowMs;
    const turnMs = Math.max(begunMs, this.#nextTurnMs);
    this.#nextTurnMs = turnMs + this.#pace.periodMs;
    this.#current = { item, dueMs: turnMs };
    this.#clock.schedule(turnMs, () => {
      const { failed, reloaded } = this.#sync(item.key);
      if (failed) this.#again(item.key);
      else this.#done(item, begunMs);
      const doneMs = turnMs + (reloaded ? this.#pace.reloadMs : 0);
      this.#current = { item, dueMs: doneMs };
      this.#clock.schedule(doneMs, () => this.#next());
    });
  }

  #take(): Item | undefined {
    let item = this.#items.shift();
    while (item?.addedMs !== undefined && item.addedMs < this.#lastSyncMs) item = this.#items.shift();
    return item;
  }

  /** Only one that failed before is known by that; a write of the same object is another item. */
  #done({ key, addedMs }: Item, begunMs: number): void {
    if (addedMs === undefined) this.#failures.delete(key);
    this.#lastSyncMs = begunMs;
  }

  #again(key: string): void {
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    const delayMs = Math.min(firstRetryMs * 2 ** failures, lastRetryMs);
    this.#clock.schedule(this.#clock.nowMs + delayMs, () => this.#put({ key, addedMs: undefined }));
  }
}
