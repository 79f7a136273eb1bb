import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import type { RestAnswer } from "@kubenetsim/core/apiserver/rest/request";
import { Cluster } from "kubenetsim";
import { describe, expect, it } from "vitest";

/** A patch that a real API server 1.37.2 was sent with `dryRun=All`, and what it answered. */
interface RecordedPatch {
  readonly object: string;
  readonly type: string;
  readonly query: string;
  readonly patch: string;
  readonly code: number;
  /** Of a refusal message, reason and details; of an object what belongs to no single cluster. */
  readonly answer: PlainObject;
  readonly warnings?: readonly string[];
}

type Objects = Readonly<Record<string, { readonly path: string; readonly object: PlainObject }>>;

const lines = readFileSync(join(import.meta.dirname, "recorded-patches.jsonl"), "utf8")
  .trimEnd()
  .split("\n");
const objects = JSON.parse(lines[0]!) as Objects;
const recorded = lines.slice(1).map((line) => JSON.parse(line) as RecordedPatch);

const lab = Cluster.create();
for (const { path, object } of Object.values(objects)) send("POST", path, "", JSON.stringify(object));

describe("recorded patches", () => {
  const before = lab.state;

  it.each(recorded.map((one) => [`${one.type} ${one.patch} ${one.query}`, one] as const))("%s", (_, one) => {
    const { path, object } = objects[one.object]!;
    const { name } = object.metadata as { name: string };
    const answer = send("PATCH", `${path}/${name}`, one.query, one.patch, one.type);
    expect(answer.code).toBe(one.code);
    expect(comparable(answer.body as PlainObject)).toEqual(one.answer);
    expect([...answer.warnings].sort()).toEqual([...(one.warnings ?? [])].sort());
    expect(lab.state).toBe(before);
  });
});

function send(method: string, path: string, query: string, body: string, type = "application/json"): RestAnswer {
  const headers = { "content-type": type };
  const request = { method, path, query: new Map(new URLSearchParams(query)), headers, body };
  return lab.api.handle(request) as RestAnswer;
}

function comparable(body: PlainObject): unknown {
  const fields =
    body.kind === "Status" ? ["message", "reason", "details"] : ["spec", "data", "binaryData", "immutable"];
  const kept = Object.fromEntries(fields.map((field) => [field, body[field]]));
  if (body.kind === "Status") return kept;
  const { uid, resourceVersion, creationTimestamp, generation, managedFields, ...metadata } =
    body.metadata as PlainObject;
  expect(uid).toBeTypeOf("string");
  expect(Number(resourceVersion)).toBeGreaterThan(0);
  expect(creationTimestamp).toBeTypeOf("string");
  expect([1, 2]).toContain(generation ?? 1);
  expect(managedFields ?? []).toBeInstanceOf(Array);
  return { ...kept, metadata };
}
