import { TestApiServer } from "@kubenetsim/testing/api-server";
import { describe, expect, it } from "vitest";
import type { WatchEvent } from "./request.ts";

const maps = "/api/v1/namespaces/default/configmaps";

function withMaps(...names: readonly string[]): TestApiServer {
  const api = new TestApiServer();
  for (const name of names) api.ask("POST", maps, { metadata: { name, labels: { n: name, x: "y" } } });
  return api;
}

function relabel(api: TestApiServer, name: string, labels: Readonly<Record<string, string>>): void {
  expect(api.ask("PUT", `${maps}/${name}`, { metadata: { name, labels } }).code).toBe(200);
}

/** `ADDED c1 12`. */
function told(events: readonly WatchEvent[]): string[] {
  return events.map(({ type, object }) => {
    const { name, resourceVersion } = object.metadata as { name?: string; resourceVersion?: string };
    return [type, name, resourceVersion].filter((part) => part !== undefined).join(" ");
  });
}

describe("a watch", () => {
  it("begins with what there is where no revision is given, or 0", () => {
    const api = withMaps("c2", "c1");
    const at = api.state.revision;
    const first = [`ADDED c1 ${at}`, `ADDED c2 ${at - 1}`];
    for (const query of ["watch=1", "watch=true&resourceVersion=0", "watch"]) {
      expect(told(api.watching(`${maps}?${query}`).events)).toEqual(first);
    }
    const { events, stop } = api.watching(`${maps}?watch=1`);
    relabel(api, "c1", { a: "b" });
    api.ask("DELETE", `${maps}/c2`);
    stop();
    relabel(api, "c1", {});
    expect(told(events)).toEqual([...first, `MODIFIED c1 ${at + 1}`, `DELETED c2 ${at + 2}`]);
  });

  it("tells what a selector sees: what no longer matches is deleted, as it was", () => {
    const api = withMaps("c1");
    const at = api.state.revision;
    const { events } = api.watching(`${maps}?watch=1&resourceVersion=${at}&labelSelector=x%3Dy`);
    relabel(api, "c1", { x: "z" });
    relabel(api, "c1", { x: "z", w: "v" });
    relabel(api, "c1", { x: "y" });
    expect(told(events)).toEqual([`DELETED c1 ${at + 1}`, `ADDED c1 ${at + 3}`]);
    expect(events[0]!.object).toMatchObject({ metadata: { labels: { n: "c1", x: "y" } } });
  });

  it("goes on from a revision, and watches one object by its name", () => {
    const api = withMaps("c1", "c2", "c3");
    const at = api.state.revision;
    expect(told(api.watching(`${maps}?watch=1&resourceVersion=${at - 2}`).events)).toEqual([
      `ADDED c2 ${at - 1}`,
      `ADDED c3 ${at}`,
    ]);
    const one = api.watching(`${maps}?watch=1&resourceVersion=${at - 3}&fieldSelector=metadata.name%3Dc2`);
    relabel(api, "c2", {});
    relabel(api, "c3", {});
    expect(told(one.events)).toEqual([`ADDED c2 ${at - 1}`, `MODIFIED c2 ${at + 1}`]);
  });

  it("hears nothing of other namespaces and kinds", () => {
    const api = withMaps();
    const { events } = api.watching(`/api/v1/namespaces/kube-system/configmaps?watch=1`);
    api.ask("POST", maps, { metadata: { name: "c1" } });
    api.ask("POST", "/api/v1/namespaces/kube-system/secrets", { metadata: { name: "s1" } });
    expect(events).toEqual([]);
    api.ask("POST", "/api/v1/namespaces/kube-system/configmaps", { metadata: { name: "c1" } });
    expect(events).toHaveLength(1);
  });

  it("tells of a revision that is forgotten in an ERROR, and ends", () => {
    const api = withMaps("c1", "c2");
    api.oldestRevision = api.state.revision - 1;
    const { events } = api.watching(`${maps}?watch=1&resourceVersion=1`);
    relabel(api, "c1", {});
    expect(events).toEqual([
      {
        type: "ERROR",
        object: {
          kind: "Status",
          apiVersion: "v1",
          metadata: {},
          status: "Failure",
          message: `too old resource version: 1 (${api.oldestRevision})`,
          reason: "Expired",
          code: 410,
        },
      },
    ]);
  });

  it("marks the end of what there was, for who asks for it", () => {
    const api = withMaps("c1");
    const at = api.state.revision;
    const query = "watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan";
    expect(told(api.watching(`${maps}?${query}`).events)).toEqual([`ADDED c1 ${at}`]);
    const { events, watch } = api.watching(`${maps}?${query}&allowWatchBookmarks=true`);
    expect(events.at(-1)).toEqual({
      type: "BOOKMARK",
      object: {
        kind: "ConfigMap",
        apiVersion: "v1",
        metadata: { resourceVersion: String(at), annotations: { "k8s.io/initial-events-end": "true" } },
      },
    });
    api.ask("POST", "/api/v1/namespaces", { metadata: { name: "other" } });
    expect(watch.bookmark()).toEqual({
      type: "BOOKMARK",
      object: { kind: "ConfigMap", apiVersion: "v1", metadata: { resourceVersion: String(at + 1) } },
    });
    const quiet = api.watching(`${maps}?${query.replace("=true", "=false")}&allowWatchBookmarks=1`);
    expect(quiet.events).toEqual([]);
    const later = api.watching(`${maps}?${query}&allowWatchBookmarks=1&resourceVersion=${at + 2}`);
    relabel(api, "c1", {});
    expect(later.events).toEqual([
      {
        type: "ERROR",
        object: {
          kind: "Status",
          apiVersion: "v1",
          metadata: {},
          status: "Failure",
          message: `Timeout: Too large resource version: ${at + 2}, current: ${at + 1}`,
          reason: "Timeout",
          details: {
            causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }],
            retryAfterSeconds: 1,
          },
          code: 504,
        },
      },
    ]);
  });

  it("answers rows, and names the columns once", () => {
    const api = withMaps("c1", "c2");
    const accept = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";
    const { events, watch } = api.watching(`${maps}?watch=1&allowWatchBookmarks=1`, { accept });
    const columns = events.map(({ object }) => Array.isArray(object.columnDefinitions));
    expect(columns).toEqual([true, false, false]);
    expect(events[1]!.object).toMatchObject({
      kind: "Table",
      columnDefinitions: null,
      rows: [{ cells: ["c2", 0, expect.any(String)], object: { kind: "PartialObjectMetadata" } }],
    });
    expect(watch.bookmark()?.object).toMatchObject({ rows: [{ cells: ["", expect.anything(), "<unknown>"] }] });
  });

  it("shares its events with others that see the same", () => {
    const api = withMaps();
    const first = api.watching(`${maps}?watch=1`);
    const second = api.watching(`/api/v1/configmaps?watch=1`);
    const third = api.watching(`${maps}?watch=1`, {
      accept: "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1",
    });
    api.ask("POST", maps, { metadata: { name: "c1" }, data: { a: "b" } });
    expect(first.events[0]).toBe(second.events[0]);
    expect(third.events[0]!.object).toMatchObject({ kind: "PartialObjectMetadata", metadata: { name: "c1" } });
    expect(third.events[0]!.object).not.toHaveProperty("data");
  });

  it("tells a listener that writes of its own writes, in order", () => {
    const api = withMaps("c1", "c2");
    const { revision } = api.state;
    const response = api.server.handle({ method: "GET", path: maps, query: new Map([["watch", "1"]]), headers: {} });
    if (response.kind !== "watch") throw new Error("no watch");
    const events: WatchEvent[] = [];
    response.start((event) => {
      events.push(event);
      if (events.length === 1) relabel(api, "c2", { by: "listener" });
    });
    expect(told(events)).toEqual([`ADDED c1 ${revision - 1}`, `ADDED c2 ${revision}`, `MODIFIED c2 ${revision + 1}`]);
  });

  it("refuses what does not go together, in the words of the API server", () => {
    const api = withMaps();
    const refused = (query: string) => api.ask("GET", `${maps}?${query}`).body as { message: string; code: number };
    const invalid = 'ListOptions.meta.k8s.io "" is invalid: ';
    expect(refused("watch=1&sendInitialEvents=true").message).toBe(
      `${invalid}resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan`,
    );
    expect(refused("watch=1&resourceVersionMatch=NotOlderThan").message).toBe(
      `${invalid}resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided`,
    );
    expect(refused("watch=1&resourceVersion=abc")).toEqual({
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message: 'resourceVersion: Invalid value: "abc": strconv.ParseUint: parsing "abc": invalid syntax',
      code: 500,
    });
    expect(refused("watch=1&fieldSelector=data.a=b").message).toBe(
      '"data.a" is not a known field selector: only "metadata.name", "metadata.namespace"',
    );
    expect(refused("watch=1&timeoutSeconds=x").message).toBe('strconv.ParseInt: parsing "x": invalid syntax');
  });
});
