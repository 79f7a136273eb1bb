import type { JobEvents } from "../job.ts";
import type { Collection } from "./collection.ts";
import { shownUrl } from "./queue-place.ts";

/** Looks at a collection again and again. */
export class Watch {
  readonly #collection: Collection;
  #idleMs = 0;
  #mustEnqueue = true;
  #isAway = false;
  #ended = false;

  constructor(collection: Collection, url: string, events: JobEvents) {
    this.#collection = collection;
    const told = (text: string): void => {
      if (!this.#ended) events.note?.(`the Redis at ${shownUrl(url)} ${text}`);
    };
    collection.watchConnection(
      () => {
        if (!this.#isAway) told("went away: waiting for it");
        this.#isAway = true;
      },
      () => {
        told("is there again");
        this.#isAway = false;
        this.#mustEnqueue = true;
      },
    );
  }

  /** @param pollMs since the last one */
  async round(pollMs: number, idleMs: number): Promise<void> {
    const collection = this.#collection;
    const ended = await collection.takeEnded();
    if (collection.isComplete) return collection.forget();
    this.#idleMs = ended > 0 ? 0 : this.#idleMs + pollMs;
    const isIdle = this.#idleMs >= idleMs;
    if (isIdle) this.#idleMs = 0;
    if (!this.#mustEnqueue && !(isIdle && (await this.#isStuck()))) return;
    this.#mustEnqueue = false;
    await collection.lookForWorkers();
    await collection.enqueue();
  }

  async #isStuck(): Promise<boolean> {
    await this.#collection.lookForWorkers();
    return this.#collection.isQueueEmpty();
  }

  /** What happens from now on is not told. */
  end(): void {
    this.#ended = true;
  }
}
