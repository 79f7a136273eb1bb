import { readFileSync } from "node:fs";
import { join } from "node:path";
import { TestApiServer } from "@kubenetsim/testing/api-server";
import { describe, expect, it } from "vitest";
import { AnswerComparer } from "./comparable-answer.ts";

/** What a real API server 1.37.2 was asked, and how it answered, less what belongs to no other cluster. */
interface Recorded {
  readonly method: string;
  readonly url: string;
  readonly body?: string;
  readonly contentType?: string;
  readonly code: number;
  readonly answer: unknown;
}

/** A namespace's life. */
interface Sequence {
  readonly name: string;
  readonly requests: readonly Recorded[];
  /** Types and names of a watch's events from the beginning. */
  readonly watched: { readonly url: string; readonly events: readonly string[] };
}

const sequences = readFileSync(join(import.meta.dirname, "recorded-requests.jsonl"), "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line) as Sequence);

describe("recorded requests", () => {
  it.each(sequences.map((sequence) => [sequence.name, sequence] as const))("%s", (_, { requests, watched }) => {
    const api = new TestApiServer();
    const start = api.state.revision;
    const comparer = new AnswerComparer();
    for (const { method, url, body, contentType, code, answer } of requests) {
      const headers = contentType === undefined ? {} : { "content-type": contentType };
      const text = body === undefined ? undefined : comparer.filled(body, url);
      const given = api.ask(method, comparer.filled(url, url), text, headers);
      const said = { code: given.code, answer: comparer.comparable(given.body, url) };
      expect(said, `${method} ${url} ${body ?? ""}`).toEqual({ code, answer });
    }
    const { events } = api.watching(`${watched.url}?watch=1&resourceVersion=${start}`);
    const told = events.map(({ type, object }) => `${type} ${(object.metadata as { name: string }).name}`);
    expect(told.map((event) => event.replace(/ gen-\w{5}$/, " gen-*"))).toEqual(watched.events);
  });
});
