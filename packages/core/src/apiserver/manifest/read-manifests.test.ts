import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { fc, test as propertyTest } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { ParseError } from "../../runtime/errors.ts";
import { isPlainText, readBlockSubset } from "./block-reader.ts";
import { manifestLimits } from "./limits.ts";
import { readManifests, readStrictValues, readValues } from "./read-manifests.ts";
import { splitStream, type TextSlice } from "./text-slice.ts";
import { YamlDocument } from "./yaml-document.ts";

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const sliceOf = (text: string): TextSlice => ({
  source: "x",
  text,
  start: 0,
  end: text.length,
  firstLine: 1,
  firstColumn: 1,
});

/** Recorded from sigs.k8s.io/yaml v1.6.0 (YAMLToJSON): a document and its JSON, null where it is refused. */
const answers = JSON.parse(readFileSync(here("kubernetes-answers.json"), "utf8")) as [string, string | null][];

/** Documents that we refuse although Kubernetes reads them: keys and tags that no manifest has. */
const refusedHere = new Set([
  ...[
    ".inf",
    "-.inf",
    ".nan",
    "{}",
    "[]",
    "{ }",
    "[ ]",
    "6e-7",
    "0.000001",
    "1e-7",
    "1e20",
    "123e18",
    "1e5_0",
    "1e21",
  ].map((key) => `${key}: v\n`),
  ...["-9223372036854775809", "18446744073709551616", "+9223372036854775808"].map((key) => `${key}: v\n`),
  "a: !!binary aGk=\n",
]);
/** Documents that the yaml library reads although Kubernetes refuses them. */
const readHere = new Set(["...\n", 'a: "\\x41\\e\\/"\n', "a: b\u2028c\n", "a: |\n  \tx\n", 'a: "\\uD83D\\uDE00"\n']);

describe("a document is read as Kubernetes reads it", () => {
  test.each(answers)("%j", (text, answer) => {
    const fast = isPlainText(text) ? readBlockSubset(sliceOf(text)) : undefined;
    const slow = tryRead(text);
    if (answer === null) {
      if (!readHere.has(text)) expect([fast, slow]).toEqual([undefined, undefined]);
      return;
    }
    if (refusedHere.has(text)) {
      expect([fast, slow]).toEqual([undefined, undefined]);
      return;
    }
    expect(comparable(slow)).toEqual(JSON.parse(answer));
    if (fast !== undefined) expect(fast).toEqual(slow);
    if (/-?\d{17,}$/m.test(text.trim()) && typeof slow === "object")
      expect(answer).toContain(/\d{17,}/.exec(exact(slow))?.[0]);
  });
});

function tryRead(text: string): unknown {
  try {
    return new YamlDocument(sliceOf(text)).read().value;
  } catch {
    return undefined;
  }
}

const exact = (value: unknown): string =>
  JSON.stringify(value, (_key, inner) => (typeof inner === "bigint" ? String(inner) : inner));
const comparable = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_key, inner) => (typeof inner === "bigint" ? Number(inner) : inner)));

const word = fc.oneof(
  fc.stringMatching(/^[a-z][a-z0-9./-]{0,8}$/),
  fc.stringMatching(/^[ -~]{0,10}$/),
  fc.constantFrom("yes", "0777", "1_0", "~", "12:30", "10.0.0.1", "# c", "a: b", "- x", "{}", "|", '"q"', "it's"),
);
const scalarText = fc.oneof(
  word,
  word.map((text) => JSON.stringify(text)),
  word.map((text) => `'${text.replaceAll("'", "''")}'`),
);
const line = fc
  .tuple(
    fc.integer({ min: 0, max: 4 }),
    fc.constantFrom("", "- ", "- - ", "a: ", "b: ", "- a: ", "c:", "-", "# "),
    scalarText,
  )
  .map(([indent, lead, text]) => `${" ".repeat(indent)}${lead}${text}\n`);

propertyTest.prop([fc.array(line, { maxLength: 8 }).map((lines) => lines.join(""))], { numRuns: 3000 })(
  "the fast reader takes nothing that the full parser reads otherwise",
  (text) => {
    const fast = isPlainText(text) ? readBlockSubset(sliceOf(text)) : undefined;
    if (fast !== undefined) expect(fast).toEqual(new YamlDocument(sliceOf(text)).read().value);
  },
);

const recordings = here("../../../../../../shared/conformance/cluster/");
describe.skipIf(!existsSync(recordings))("recorded manifests", () => {
  const names = existsSync(recordings)
    ? readdirSync(recordings).filter((name) => existsSync(`${recordings}${name}/cluster.yaml`))
    : [];
  test.each(names)("%s: both ways give the same, and the fast one takes nearly all", (name) => {
    const slices = splitStream(readFileSync(`${recordings}${name}/cluster.yaml`, "utf8"), name);
    let fastCount = 0;
    for (const slice of slices) {
      const fast = readBlockSubset(slice);
      if (fast === undefined) continue;
      fastCount++;
      expect(fast).toEqual(new YamlDocument(slice).read().value);
    }
    expect(fastCount).toBeGreaterThan(slices.length * 0.9);
  });
});

describe("streams, JSON and lists", () => {
  const service = (name: string) => ({ apiVersion: "v1", kind: "Service", metadata: { name } });
  const names = (text: string): unknown[] =>
    readManifests(text, "x").map(({ kind, object }) => [kind, (object.metadata as { name: string }).name]);

  test("a stream with comments, empty documents and a byte order mark", () => {
    const yaml = (name: string) => `apiVersion: v1\nkind: Service\nmetadata:\n  name: ${name}\n`;
    expect(names(`\ufeff# c\n---\n${yaml("a")}---\n---\n# only\n--- # c\n${yaml("b")}...\n`)).toEqual([
      ["Service", "a"],
      ["Service", "b"],
    ]);
  });

  test("JSON, several JSON values, and lists of either sort", () => {
    expect(names(JSON.stringify(service("a")))).toEqual([["Service", "a"]]);
    expect(names(`${JSON.stringify(service("a"))}\n${JSON.stringify(service("b}{"), null, 1)}`)).toHaveLength(2);
    expect(names(JSON.stringify({ apiVersion: "v1", kind: "List", items: [service("a"), service("b")] }))).toHaveLength(
      2,
    );
    const bare = { metadata: { name: "c" } };
    expect(names(JSON.stringify({ apiVersion: "v1", kind: "ServiceList", items: [bare] }))).toEqual([["Service", "c"]]);
  });

  test("positions count in the whole text, within lists too", () => {
    const text =
      "# c\n---\napiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Service\n  metadata:\n    name: a\n";
    expect(readManifests(text, "f")[0]!.positionOf(["metadata", "name"])).toEqual({ source: "f", line: 9, column: 5 });
    expect(readManifests(text, "f")[0]!.positionOf(["spec", "ports", 0])).toEqual({ source: "f", line: 6, column: 3 });
  });

  test.each(["", "  "])("a question about one item of a list reads that item alone, indented by %j", (indent) => {
    const item = (name: string): string =>
      `- apiVersion: v1\n  kind: ConfigMap\n  metadata:\n    name: ${name}\n  data:\n    a: |\n      - b\n      c\n`
        .replace(/^/gm, indent)
        .trimEnd();
    const text = `apiVersion: v1\nitems:\n${["a", "b", "c"].map(item).join("\n")}\nkind: List\nmetadata:\n  resourceVersion: ""\n`;
    const whole = new YamlDocument(sliceOf(text));
    const documents = readManifests(text, "x");
    expect(documents).toHaveLength(3);
    for (const [i, document] of documents.entries()) {
      for (const path of [[], ["metadata", "name"], ["data", "a"], ["spec"], ["kind"]]) {
        expect(document.positionOf(path)).toEqual(whole.positionOf(["items", i, ...path]));
      }
    }
  });

  test("of a key that stands twice the last counts, with a warning", () => {
    const [document] = readManifests("apiVersion: v1\nkind: Service\nmetadata:\n  name: a\n  name: b\n", "f");
    expect(document!.object.metadata).toEqual({ name: "b" });
    expect(document!.warnings).toMatchObject([{ position: { line: 5, column: 3 } }]);
  });

  test("integers beyond 2^53 keep their digits", () => {
    const text = '{"apiVersion":"v1","kind":"X","n":12345678901234567890}';
    expect(readManifests(text, "f")[0]!.object.n).toBe(12345678901234567890n);
  });
});

describe("what cannot be read is refused with its place", () => {
  const refusal = (text: string): ParseError => {
    try {
      readManifests(text, "f.yaml");
    } catch (error) {
      if (error instanceof ParseError) return error;
      throw error;
    }
    throw new Error("it was read");
  };

  test.each([
    ["a: [1, 2\nb: 3\n", 2],
    ["apiVersion: v1\nkind: Service\n\tmetadata: 1\n", 3],
    ["a: 'x\n", 2],
    ["apiVersion: v1\nkind: Service\n---\njust text\n", 4],
    ["kind: Service\n", 1],
    ["apiVersion: v1\n", 1],
    ['{"apiVersion": "v1", "kind": }', 1],
  ])("%j", (text, line) => {
    const error = refusal(text);
    expect(error.position).toMatchObject({ source: "f.yaml", line });
  });

  test.each(["5", "{}", "text"])("a List whose items are %s", (items) => {
    const error = refusal(`apiVersion: v1\nkind: List\nitems: ${items}\n`);
    expect(error.message).toBe("items of a List must be a list");
    expect(error.position).toEqual({ source: "f.yaml", line: 3, column: 1 });
  });

  test("an alias bomb", () => {
    const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"];
    for (let i = 1; i < 10; i++)
      lines.push(
        `a${i}: &a${i} [${Array(10)
          .fill(`*a${i - 1}`)
          .join(", ")}]`,
      );
    const error = refusal(lines.join("\n"));
    expect(error.message).toContain("excessive aliasing");
    expect(error.hint).toContain(String(manifestLimits.aliasedNodes));
  });

  test("values nested without end", () => {
    for (const text of [
      "[".repeat(100_000),
      `a: ${"[".repeat(1200)}${"]".repeat(1200)}`,
      "- ".repeat(50_000),
      `{"a":`.repeat(20_000),
    ]) {
      expect(refusal(text).message).toContain("nested");
    }
  });

  test.each([2, 120, 3000])("lists in lists, %i deep", (depth) => {
    const json = `${'{"apiVersion":"v1","kind":"List","items":['.repeat(depth)}${"]}".repeat(depth)}`;
    const flow = `${"{apiVersion: v1, kind: List, items: [".repeat(depth)}${"]}".repeat(depth)}`;
    const lines = Array.from({ length: depth }, (_, i) => {
      const indent = "  ".repeat(i);
      return `${indent.slice(2)}${i === 0 ? "" : "- "}apiVersion: v1\n${indent}kind: List\n${indent}items:\n`;
    });
    for (const text of [json, `--- ${flow}`, `# lists\n${flow}`, lines.join("")]) {
      if (depth * 2 <= manifestLimits.depth) {
        expect(readManifests(text, "f.yaml")).toEqual([]);
      } else {
        const error = refusal(text);
        expect(error.message).toContain("nested more than 1000 deep");
        expect(error.position).toMatchObject({ source: "f.yaml" });
      }
    }
  });

  test("an input of 50 MB, at once", () => {
    const error = refusal("a: b\n".repeat(10_000_000));
    expect(error.message).toContain("32.0 Mi");
    expect(error.hint).toContain("split it");
  });
});

describe("readStrictValues", () => {
  const read = (text: string) => [...readStrictValues(text, "f")].map(({ value }) => value);

  test.each([
    ["a: 1\nb: 2\na: 3\n", 'f:3:1: key "a" stands twice'],
    ["---\n\na: { b: 1, b: 2 }\n", 'f:3:12: key "b" stands twice'],
    ['{"a": 1,\n "a": 1}', 'f:2:2: key "a" stands twice'],
    ['{"a": {"b": 1}}\n{"c": [{"d": 1, "d": 2}]}', 'f:2:17: key "d" stands twice'],
  ])("refuses a key that stands twice, at the second place: %j", (text, message) => {
    expect(() => read(text)).toThrow(ParseError);
    try {
      read(text);
    } catch (problem) {
      const { position, message: said } = problem as ParseError;
      expect(`f:${position?.line}:${position?.column}: ${said}`).toContain(message);
    }
  });

  test("reads all else as readValues does", () => {
    for (const text of ["a: 1\nb: [x, {c: 2}]\n", '{"a": 9007199254740993, "b": [1.5]}', "a: 1\n---\nb: 2\n"]) {
      expect(read(text)).toEqual([...readValues(text, "f")]);
    }
  });
});
