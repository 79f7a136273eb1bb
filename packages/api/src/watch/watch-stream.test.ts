import type { RestWatch, WatchEvent } from "@kubenetsim/core/apiserver/rest/request";
import { type Clock, virtualClock } from "@kubenetsim/core/runtime/clock";
import { TestApiServer } from "@kubenetsim/testing/api-server";
import { describe, expect, it } from "vitest";
import { createApiHandler } from "../api-handler.ts";
import { lagLimitBytes, watchStream } from "./watch-stream.ts";

const maps = "/api/v1/namespaces/default/configmaps";

/** Reads a watch event by event. */
class Reader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #lines: string[] = [];
  #rest = "";

  constructor(response: Response) {
    this.#reader = response.body!.getReader();
  }

  async next(): Promise<WatchEvent | undefined> {
    while (this.#lines.length === 0) {
      const { done, value } = await this.#reader.read();
      if (done) return undefined;
      const parts = (this.#rest + new TextDecoder().decode(value)).split("\n");
      this.#rest = parts.pop()!;
      this.#lines.push(...parts);
    }
    return JSON.parse(this.#lines.shift()!) as WatchEvent;
  }

  stop(): Promise<void> {
    return this.#reader.cancel();
  }
}

async function watching(api: TestApiServer, query: string): Promise<Reader> {
  const handle = createApiHandler({ api: api.server, clock: api.clock });
  return new Reader(await handle(new Request(`http://localhost${maps}?watch=1&${query}`)));
}

const make = (api: TestApiServer, name: string): unknown => api.ask("POST", maps, { metadata: { name } });

describe("a watch over HTTP", () => {
  it("is a line for each event, in order, those that come later too", async () => {
    const api = new TestApiServer();
    make(api, "c1");
    const reader = await watching(api, "");
    expect(await reader.next()).toMatchObject({ type: "ADDED", object: { metadata: { name: "c1" } } });
    for (let i = 0; i < 50; i++) make(api, `d${i}`);
    for (let i = 0; i < 50; i++) expect(await reader.next()).toMatchObject({ object: { metadata: { name: `d${i}` } } });
  });

  it("ends at its timeout with a bookmark, and behind an ERROR", async () => {
    const api = new TestApiServer();
    const reader = await watching(api, `allowWatchBookmarks=1&timeoutSeconds=90&resourceVersion=${api.state.revision}`);
    api.clock.advance(60_000);
    expect(await reader.next()).toMatchObject({ type: "BOOKMARK" });
    api.clock.advance(30_000);
    expect(await reader.next()).toMatchObject({ type: "BOOKMARK" });
    expect(await reader.next()).toBeUndefined();
    make(api, "c1");
    api.oldestRevision = api.state.revision;
    const late = await watching(api, "resourceVersion=1");
    expect(await late.next()).toMatchObject({ type: "ERROR", object: { code: 410, reason: "Expired" } });
    expect(await late.next()).toBeUndefined();
  });

  it("that asks for no time gets the server's own", async () => {
    const api = new TestApiServer();
    const reader = await watching(api, `timeoutSeconds=0&resourceVersion=${api.state.revision}`);
    api.clock.advance(3_599_000);
    make(api, "c1");
    expect(await reader.next()).toMatchObject({ type: "ADDED", object: { metadata: { name: "c1" } } });
    api.clock.advance(1000);
    expect(await reader.next()).toBeUndefined();
  });

  it("leaves nothing on the clock when it ends, whoever ends it", async () => {
    const api = new TestApiServer();
    const { clock } = api;
    const tasks = new Set<() => void>();
    const counting: Clock = {
      ...clock,
      get nowMs() {
        return clock.nowMs;
      },
      schedule: (dueMs, task) => {
        tasks.add(task);
        const cancel = clock.schedule(dueMs, () => {
          tasks.delete(task);
          task();
        });
        return () => {
          tasks.delete(task);
          cancel();
        };
      },
    };
    const handle = createApiHandler({ api: api.server, clock: counting });
    const open = async (query: string) =>
      new Reader(await handle(new Request(`http://localhost${maps}?watch=1${query}`)));
    const cancelled = await open("&allowWatchBookmarks=1");
    expect(tasks.size).toBe(2);
    await cancelled.stop();
    expect(tasks.size).toBe(0);
    const timed = await open(`&timeoutSeconds=90&resourceVersion=${api.state.revision}`);
    expect(tasks.size).toBe(2);
    clock.advance(90_000);
    expect([await timed.next(), tasks.size]).toEqual([undefined, 0]);
    make(api, "c1");
    api.oldestRevision = api.state.revision;
    expect(await (await open("&resourceVersion=1")).next()).toMatchObject({ type: "ERROR" });
    expect(tasks.size).toBe(0);
  });

  it("has every event once, whatever another watch has sent that begins alike", async () => {
    const api = new TestApiServer();
    const first = await watching(api, "labelSelector=a!=2");
    const second = await watching(api, "labelSelector=a!=1");
    for (const [name, a] of [
      ["c0", "0"],
      ["c1", "1"],
      ["c2", "2"],
    ] as const) {
      api.ask("POST", maps, { metadata: { name, labels: { a } } });
    }
    for (const [reader, names] of [
      [first, ["c0", "c1"]],
      [second, ["c0", "c2"]],
    ] as const) {
      for (const name of names) expect(await reader.next()).toMatchObject({ object: { metadata: { name } } });
    }
  });

  it("is let go of when the client goes", async () => {
    let running = 0;
    const watch: RestWatch = {
      kind: "watch",
      warnings: [],
      timeoutSeconds: undefined,
      bookmark: () => undefined,
      start: () => {
        running++;
        return () => running--;
      },
    };
    const stream = watchStream(watch, { clock: virtualClock(), soon: queueMicrotask });
    expect(running).toBe(1);
    await stream.cancel();
    expect(running).toBe(0);
  });

  it("is broken off for a client that reads nothing, not for one with much to read at first", async () => {
    let tell: (event: WatchEvent) => void = () => {};
    let running = false;
    const event = (type: WatchEvent["type"]): WatchEvent => ({ type, object: { data: "x".repeat(1_000_000) } });
    const first = event("ADDED");
    const watch: RestWatch = {
      kind: "watch",
      warnings: [],
      timeoutSeconds: undefined,
      bookmark: () => undefined,
      start: (listener) => {
        running = true;
        for (let i = 0; i < 50; i++) listener(first);
        tell = listener;
        return () => {
          running = false;
        };
      },
    };
    const stream = watchStream(watch, { clock: virtualClock(), soon: queueMicrotask });
    const later = event("MODIFIED");
    // Before anything has been sent.
    tell(later);
    expect(running).toBe(true);
    await Promise.resolve();
    for (let told = 0; told <= 50_000_000 + lagLimitBytes && running; told += 1_000_000) {
      tell(later);
      await Promise.resolve();
    }
    expect(running).toBe(false);
    await expect(stream.getReader().read()).rejects.toThrow(/does not keep up/);
  });
});
