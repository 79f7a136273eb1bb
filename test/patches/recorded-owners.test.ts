import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import type { RestAnswer } from "@kubenetsim/core/apiserver/rest/request";
import { Cluster } from "kubenetsim";
import { describe, expect, it } from "vitest";

/** A write that a real API server 1.37.2 was sent after those before it, and what it answered. */
interface RecordedWrite {
  readonly method: string;
  readonly path: string;
  readonly type: string;
  readonly query: string;
  readonly body: string;
  readonly code: number;
  /** Of a refusal message, reason and details; of an object what belongs to no single cluster, times as `T`. */
  readonly answer: PlainObject;
}

const recorded = readFileSync(join(import.meta.dirname, "recorded-owners.jsonl"), "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line) as RecordedWrite);

describe("recorded writes by several managers, and server-side apply", () => {
  const lab = Cluster.create();

  it.each(recorded.map((one, i) => [`${i} ${one.method} ${one.path} ${one.type} ${one.query}`, one] as const))(
    "%s",
    (_, { method, path, type, query, body, code, answer }) => {
      const headers = { "content-type": type, "user-agent": "tester/1" };
      const request = { method, path, query: new Map(new URLSearchParams(query)), headers, body };
      const ours = lab.api.handle(request) as RestAnswer;
      expect(comparable(ours.body as PlainObject)).toEqual(byManager(answer));
      expect(ours.code).toBe(code);
    },
  );
});

function comparable(body: PlainObject): unknown {
  if (body.kind === "Status")
    return byManager({ message: body.message!, reason: body.reason!, details: body.details! });
  const {
    uid: _,
    resourceVersion: __,
    creationTimestamp: ___,
    generation: ____,
    ...metadata
  } = body.metadata as PlainObject;
  const text = JSON.stringify({ metadata, spec: body.spec, data: body.data, binaryData: body.binaryData });
  return byManager(JSON.parse(text.replace(/"time":"[^"]*"/g, '"time":"T"')) as PlainObject);
}

/** Managers of one second come in the order of their names, and writes of the recording took longer. */
function byManager(answer: PlainObject): unknown {
  const key = (entry: unknown): string => JSON.stringify(entry);
  const sorted = (list: unknown): unknown =>
    Array.isArray(list) ? [...list].sort((a, b) => (key(a) < key(b) ? -1 : 1)) : list;
  const copy = JSON.parse(JSON.stringify(answer)) as Record<string, Record<string, unknown> | undefined>;
  if (copy.metadata?.managedFields !== undefined) {
    const entries = copy.metadata.managedFields as readonly Record<string, unknown>[];
    copy.metadata.managedFields = [...entries].sort((a, b) =>
      `${a.operation} ${a.manager} ${a.subresource}` < `${b.operation} ${b.manager} ${b.subresource}` ? -1 : 1,
    );
  }
  if (copy.details?.causes !== undefined) copy.details.causes = sorted(copy.details.causes);
  return copy;
}
