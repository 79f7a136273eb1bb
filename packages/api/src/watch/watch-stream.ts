import type { RestWatch, WatchEvent } from "@kubenetsim/core/apiserver/rest/request";
import type { Clock } from "@kubenetsim/core/runtime/clock";
import { encodeEvent } from "./encode-event.ts";

/** How far a client may lag behind before its watch is broken off. It asks again then from where it has got to. */
export const lagLimitBytes: number = 32 * 1024 * 1024;

export interface WatchSurroundings {
  readonly clock: Clock;
  /** Runs a task soon. The later, the more events go out together. */
  readonly soon: (task: () => void) => void;
  /** Ends the connection of a client that does not keep up; the stream fails unless given. */
  readonly breakOff?: (() => void) | undefined;
}

/** A watch that says nothing of its end lasts half an hour to an hour on a real server (--min-request-timeout). */
const longestSeconds = 3600;
/** How often a client hears how far everything has been told. */
const bookmarkSeconds = 60;

/**
 * A watch as the body of an answer: a line of JSON for each event. What a client does not take yet is kept, and its watch
 * ends with an error when that grows too large; it ends by itself at its timeout and behind an event of type ERROR.
 */
export function watchStream(watch: RestWatch, surroundings: WatchSurroundings): ReadableStream<Uint8Array> {
  const lines = new WatchLines(watch, surroundings);
  return new ReadableStream({
    start: (controller) => lines.start(controller),
    pull: () => lines.sendSoon(),
    cancel: () => lines.stop(),
  });
}

class WatchLines {
  #watch: RestWatch | undefined;
  readonly #surroundings: WatchSurroundings;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  #limitBytes = Number.POSITIVE_INFINITY;
  #isDue = false;
  #isEnding = false;
  #unwatch: (() => void) | undefined;
  #cancelEnd: (() => void) | undefined;
  #cancelBookmark: (() => void) | undefined;

  constructor(watch: RestWatch, surroundings: WatchSurroundings) {
    this.#watch = watch;
    this.#surroundings = surroundings;
  }

  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    this.#controller = controller;
    const unwatch = this.#watch!.start((event) => this.#take(event));
    // What there was already is no lag.
    this.#limitBytes = lagLimitBytes + this.#pendingBytes;
    this.#unwatch = unwatch;
    if (this.#isEnding) this.#release();
    else this.#setTimers();
  }

  #setTimers(): void {
    // No time asked for is the server's own.
    this.#cancelEnd = this.#after(this.#watch!.timeoutSeconds || longestSeconds, () => this.#endInTime());
    this.#cancelBookmark = this.#after(bookmarkSeconds, () => this.#bookmark());
  }

  sendSoon(): void {
    if (this.#isDue || (this.#pending.length === 0 && !this.#isEnding)) return;
    this.#isDue = true;
    this.#surroundings.soon(() => this.#send());
  }

  stop(): void {
    this.#release();
    this.#controller = undefined;
    this.#watch = undefined;
    this.#pending = [];
    this.#pendingBytes = 0;
  }

  /** Nothing is heard any more, and nothing left to be done in time. */
  #release(): void {
    for (const cancel of [this.#unwatch, this.#cancelEnd, this.#cancelBookmark]) cancel?.();
    this.#unwatch = undefined;
  }

  #take(event: WatchEvent): void {
    if (this.#isEnding) return;
    const line = encodeEvent(event);
    this.#pending.push(line);
    this.#pendingBytes += line.length;
    if (this.#pendingBytes > this.#limitBytes) this.#breakOff();
    else if (event.type === "ERROR") this.#end();
    else this.sendSoon();
  }

  #send(): void {
    this.#isDue = false;
    const controller = this.#controller;
    if (controller === undefined) return;
    if (this.#pending.length > 0) {
      // The client is still busy with what came before: `pull` tells when it is done.
      if ((controller.desiredSize ?? 0) <= 0) return;
      controller.enqueue(joined(this.#pending, this.#pendingBytes));
      this.#pending = [];
      this.#pendingBytes = 0;
    }
    if (!this.#isEnding) return;
    this.stop();
    controller.close();
  }

  #after(seconds: number, task: () => void): () => void {
    const { clock } = this.#surroundings;
    return clock.schedule(clock.nowMs + seconds * 1000, task);
  }

  /** A client that begins again then has little to hear twice. */
  #bookmark(): void {
    const event = this.#watch?.bookmark();
    if (event === undefined) return;
    this.#take(event);
    if (!this.#isEnding) this.#cancelBookmark = this.#after(bookmarkSeconds, () => this.#bookmark());
  }

  #endInTime(): void {
    const event = this.#watch?.bookmark();
    if (event !== undefined) this.#take(event);
    this.#end();
  }

  #end(): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.#release();
    this.sendSoon();
  }

  #breakOff(): void {
    const controller = this.#controller;
    this.#isEnding = true;
    this.stop();
    const { breakOff } = this.#surroundings;
    if (breakOff !== undefined) breakOff();
    else controller?.error(new Error("the client does not keep up with its watch"));
  }
}

let lastLines: readonly Uint8Array[] = [];
let lastJoined: Uint8Array = new Uint8Array();

/** Lines after another. Watches that have the same ones to send, as most have that send at once, share the bytes. */
function joined(lines: readonly Uint8Array[], length: number): Uint8Array {
  if (lines.length === 1) return lines[0]!;
  if (lines.length === lastLines.length && lines.every((line, i) => line === lastLines[i])) return lastJoined;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const line of lines) {
    whole.set(line, at);
    at += line.length;
  }
  lastLines = lines;
  lastJoined = whole;
  return whole;
}
