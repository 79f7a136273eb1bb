import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type Block, comparePairs, type Measure, type Result } from "./harness.ts";
import { podsPerService } from "./large-objects.ts";
import { growthSlope } from "./rounds.ts";

const child = fileURLToPath(new URL("./cluster-child.js", import.meta.url));

function inChild<Answer>(...words: readonly (string | number)[]): Answer {
  const args = ["--expose-gc", "--max-old-space-size=8192", child, ...words.map(String)];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" })) as Answer;
}

/** A settled cluster of so many Pods with one node's rules: megabytes of heap. Always the same, so it is asked once. */
export function clusterHeap(pods: number): Block {
  let known: number | undefined;
  return () => {
    known ??= inChild<{ cluster: number }>("heap", Math.floor(pods / podsPerService)).cluster / 1e6;
    return known;
  };
}

function heapRow(measure: Measure): Result {
  const { cluster, objects } = inChild<{ cluster: number; objects: number }>("heap", 10_000);
  const pair = { candidate: () => cluster / 1e6, reference: () => objects / 1e6, unit: "MB", pairs: 1 };
  return comparePairs(measure, pair);
}

const kept = 1000;

/** Kibibytes for each kept change, and the slope of what a snapshot costs over the cluster's size. */
function snapshotRow(measure: Measure): Result {
  const sizes = [100, 300, 1000, 3000];
  const found = sizes.map((services) => inChild<{ bytes: number; ns: number }>("snapshots", services, kept));
  const slope = growthSlope(
    sizes,
    found.map(({ ns }) => ns),
  );
  const largest = found.at(-1)!;
  const pair = { candidate: () => largest.bytes / 1024, reference: () => 1, unit: "KiB", pairs: 1 };
  const result = comparePairs(measure, pair);
  const times = found.map(({ ns }, i) => `${sizes[i]} Services ${ns.toFixed(0)} ns`).join(", ");
  return { ...result, slope, mustHolds: result.mustHolds && slope <= 0.15, details: `a snapshot: ${times}` };
}

export const heapMeasures: readonly Measure[] = [
  {
    id: "18",
    name: "heap for each change whose snapshot is kept, against 1 KiB; slope: snapshot() over 1,500 to 45,000 Pods",
    must: 4,
    aim: 2,
    run: snapshotRow,
  },
  {
    id: "19",
    name: "heap of 10,000 Services, 150,000 Pods, 100,000 endpoints and a node's rules, against the objects alone",
    must: 3,
    aim: 1.8,
    run: heapRow,
  },
];
