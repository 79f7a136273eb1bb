import { fc, test as propertyTest } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { ParseError } from "../../runtime/errors.ts";
import { manifestLimits } from "./limits.ts";
import type { ManifestDocument } from "./manifest-document.ts";
import { readManifests, streamManifests } from "./read-manifests.ts";

const word = fc.constantFrom(
  "shop",
  "a b",
  "{",
  "}",
  "---",
  "é",
  'quo"te',
  "12345678901234567890",
  "a long text of more signs",
);
const object = fc.record({
  apiVersion: fc.constant("v1"),
  kind: fc.constantFrom("Service", "Namespace", "List"),
  metadata: fc.record({ name: word, labels: fc.dictionary(word, word, { maxKeys: 3 }) }),
});
const list = fc.array(object, { maxLength: 3 }).map((items) => ({ apiVersion: "v1", kind: "List", items }));
const value = fc.oneof(
  object.map(({ kind, ...rest }) => ({ ...rest, kind: kind === "List" ? "Pod" : kind })),
  list,
);

/** As lines, over several lines, and several in one line; now and then with something wrong. */
const json = fc
  .array(fc.tuple(value, fc.constantFrom(0, 0, 2), fc.constantFrom("\n", "\n\n", "\r\n", " ", "")), { maxLength: 6 })
  .map((parts) => parts.map(([one, indent, end]) => JSON.stringify(one, null, indent) + end).join(""));
const yaml = fc
  .array(fc.tuple(value, fc.constantFrom("---\n", "--- # next\n", "---\r\n", "---\n---\n", "...\n---\n")), {
    maxLength: 6,
  })
  .map((parts) => parts.map(([one, mark]) => `${mark}${yamlOf(one, 0)}`).join(""));
const flaw = fc.constantFrom("", "", "", "{", '{"kind": "Pod"}', "x: [", "}", "\ufeff", "just text\n");
const text = fc.tuple(fc.oneof(json, yaml), flaw).map(([whole, end]) => whole + end);

function yamlOf(given: unknown, depth: number): string {
  const indent = "  ".repeat(depth);
  if (Array.isArray(given))
    return given.length === 0 ? `${indent}[]\n` : given.map((one) => `${indent}-\n${yamlOf(one, depth + 1)}`).join("");
  if (typeof given !== "object") return `${indent}${JSON.stringify(given)}\n`;
  const entries = Object.entries(given as object);
  if (entries.length === 0) return `${indent}{}\n`;
  return entries.map(([key, one]) => `${indent}${JSON.stringify(key)}:\n${yamlOf(one, depth + 1)}`).join("");
}

function namespaceObject(name: string): object {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name } };
}

function cut(whole: string, sizes: readonly number[]): string[] {
  const chunks: string[] = [];
  let at = 0;
  for (let i = 0; at < whole.length; i++) {
    const size = sizes[i % sizes.length]!;
    chunks.push(whole.slice(at, at + size));
    at += size;
  }
  return chunks;
}

/** Values and where everything stands, or what was refused and where. */
function outcome(read: () => Iterable<ManifestDocument>) {
  const seen: unknown[] = [];
  try {
    for (const one of read()) {
      const { kind, apiVersion, warnings } = one;
      const written = JSON.stringify(one.object, (_, inner) => (typeof inner === "bigint" ? `${inner}n` : inner));
      seen.push([kind, apiVersion, written, warnings, one.positionOf(["metadata", "name"]), one.positionOf(["kind"])]);
    }
    return { seen, problem: undefined };
  } catch (reason) {
    if (!(reason instanceof ParseError)) throw reason;
    return { seen, problem: [reason.message, reason.position, reason.hint] };
  }
}

propertyTest.prop([text, fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 })], { numRuns: 2000 })(
  "however a text is cut into pieces, the same documents stand at the same places",
  (whole, sizes) => {
    const atOnce = outcome(() => readManifests(whole, "x"));
    const streamed = outcome(() => streamManifests({ source: "x", chunks: () => cut(whole, sizes) }));
    expect(streamed.problem).toEqual(atOnce.problem);
    if (atOnce.problem === undefined) expect(streamed.seen).toEqual(atOnce.seen);
  },
);

describe("a stream", () => {
  const service = (name: string) => `{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "${name}"}}\n`;

  test("keeps of a document only where it begins", () => {
    const documents = [...streamManifests({ source: "dump", chunks: () => [service("a"), service("b")] })];
    expect(documents[1]!.positionOf(["metadata", "name"])).toEqual({ source: "dump", line: 2, column: 54 });
    expect(documents[1]!.place.positionOf(["metadata", "name"])).toEqual({ source: "dump", line: 2, column: 1 });
  });

  test("says where an object is broken", () => {
    const chunks = () => [service("a"), '{"apiVersion": "v1", "kind": ', "]}\n", service("b")];
    expect(() => [...streamManifests({ source: "dump", chunks })]).toThrow(ParseError);
    expect(outcome(() => streamManifests({ source: "dump", chunks })).problem).toMatchObject([
      expect.any(String),
      { source: "dump", line: 2 },
      expect.any(String),
    ]);
  });

  test.each([" xyz\n", "}\n", ",", "\0"])("refuses %j between two objects, where it stands", (junk) => {
    const whole = JSON.stringify(namespaceObject("a")) + junk + JSON.stringify(namespaceObject("b"));
    for (const chunks of [[whole], cut(whole, [7])]) {
      const { problem } = outcome(() => streamManifests({ source: "dump", chunks: () => chunks }));
      expect(problem?.[1]).toMatchObject({ source: "dump", line: 1 });
    }
    expect(() => readManifests(whole, "dump")).toThrow(ParseError);
  });

  test.each(["", " ", "\n---\n", "\n---\r\n# next\n"])("takes %j between two objects", (text) => {
    const whole = JSON.stringify(namespaceObject("a")) + text + JSON.stringify(namespaceObject("b"));
    expect(readManifests(whole, "dump")).toHaveLength(2);
  });

  test.each([
    ["JSON", '{"apiVersion": "v1", "kind": "List", "items": [\n', '{"kind": "Pod"},\n'],
    ["YAML", "---\napiVersion: v1\nkind: ConfigMap\ndata:\n", "  key: some text that fills a line\n"],
  ])("refuses an object in %s that is larger than an input may be", (_, begin, line) => {
    function* chunks() {
      yield `${begin.startsWith("-") ? "---\nkind: A\napiVersion: v1\n" : service("a")}`;
      yield begin;
      const part = line.repeat(1000);
      for (let length = 0; length <= manifestLimits.characters; length += part.length) yield part;
      expect.unreachable("the stream was read on");
    }
    expect(() => [...streamManifests({ source: "dump", chunks: () => chunks() })]).toThrow(
      "the object that begins here has more than 32 Mi characters",
    );
  });
});
