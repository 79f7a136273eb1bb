import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { root } from "./tidy/source-files.ts";

/** The built program in a process of its own, whose heap is its own. */
function node(...words: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync("node", words, { cwd: root, encoding: "utf8", maxBuffer: 2 ** 26 });
  expect(status, stderr).toBe(0);
  return stdout;
}

const mebibyte = 2 ** 20;
const folder = mkdtempSync(join(tmpdir(), "kubenetsim-memory-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("an input twice as large as the heap may be is read", { timeout: 120_000 }, () => {
  const [heapMegabytes, names] = [64, 100];
  const text = "a page of a book, line by line\n".repeat(1000);
  const lines = Array.from({ length: names }, (_, i) => {
    const metadata = { name: `page-${i}` };
    return `${JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata, data: { text } })}\n`;
  }).join("");
  const path = join(folder, "large.jsonl");
  const file = openSync(path, "w");
  let bytes = 0;
  while (bytes < 2 * heapMegabytes * mebibyte) bytes += writeSync(file, lines);
  closeSync(file);
  const program = "packages/kubenetsim/bin/kubenetsim.js";
  const shown = node(`--max-old-space-size=${heapMegabytes}`, program, "get", "configmaps", "-f", path);
  expect(shown.match(/^default +page-\d+ /gm)).toHaveLength(names);
});

/** What the rules of each of ten nodes, and a connection from there, add to the heap: bytes, one node a line. */
const rulesOfNodes = `
import { Cluster } from "kubenetsim";
const nodes = Array.from({ length: 10 }, (_, i) => "n" + i);
const lab = Cluster.create({ nodes });
const objectsOf = (name, i) => [
  { apiVersion: "v1", kind: "Service", metadata: { name }, spec: { ports: [{ port: 80 }] } },
  {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { name, labels: { "kubernetes.io/service-name": name } },
    addressType: "IPv4",
    ports: [{ port: 8080 }],
    endpoints: nodes.map((nodeName, k) => ({ addresses: ["10." + (128 + k) + "." + (i >> 8) + "." + (i & 255)], nodeName })),
  },
];
const objects = Array.from({ length: 500 }, (_, i) => objectsOf("s" + i, i)).flat();
lab.apply(objects.map((one) => JSON.stringify(one)).join("\\n"));
lab.settle();
const bytes = () => {
  gc();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
};
let before = bytes();
for (const name of nodes) {
  if (!lab.node(name).iptablesSave("nat").includes("default/s499")) throw new Error(name + " has no rules");
  lab.trace({ from: "node/" + name, to: "svc/default/s0" });
  const now = bytes();
  console.log(now - before);
  before = now;
}
`;

test("ten nodes whose rules are the same hold them once", () => {
  const [first, ...others] = node("--expose-gc", "--input-type=module", "--eval", rulesOfNodes)
    .trim()
    .split("\n")
    .map(Number);
  expect(others).toHaveLength(9);
  expect(first).toBeGreaterThan(mebibyte);
  expect(others.reduce((sum, each) => sum + each, 0)).toBeLessThan(first! / 4);
});
