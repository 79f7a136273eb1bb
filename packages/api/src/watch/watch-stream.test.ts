import type { RestWatch, WatchEvent } from "@kubenetsim/core/apiserver/rest/request";
import { virtualClock } from "@kubenetsim/core/runtime/clock";
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
    await Promise.resolve();
    expect(running).toBe(true);
    const later = event("MODIFIED");
    for (let told = 0; told <= 50_000_000 + lagLimitBytes && running; told += 1_000_000) {
      tell(later);
      await Promise.resolve();
    }
    expect(running).toBe(false);
    await expect(stream.getReader().read()).rejects.toThrow(/does not keep up/);
  });
});
