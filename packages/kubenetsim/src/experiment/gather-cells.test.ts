import type { JobRunner } from "@kubenetsim/workers";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type CellJob, run } from "./cell-job.ts";
import { cellsOf } from "./cells.ts";
import type { Experiment } from "./experiment.ts";
import { dearestFirst, gatherCells } from "./gather-cells.ts";
import { experimentJob } from "./indexed-job.ts";
import { mergeResults } from "./merge-results.ts";
import { resultsToJson } from "./results.ts";
import { runExperiment } from "./run-experiment.ts";
import { worthwhileWorkers } from "./worker-count.ts";

const small: Experiment = {
  name: "small",
  title: "Small",
  vary: { mode: ["iptables", "ipvs"], services: [1, 4], endpoints: [1, 2] },
  measures: ["rulesCompared", "bytesFull"],
  seeds: ["a", "b"],
};
const whole = resultsToJson(runExperiment(small));

/** Runs jobs in the order of these numbers, and their outputs through JSON, as machines would. */
function inOrder(order: readonly number[]): JobRunner {
  return async (jobs, events) => {
    const sorted = [...jobs].sort((a, b) => (order[a.index] ?? 0) - (order[b.index] ?? 0));
    for (const job of sorted) events.done(job, JSON.parse(JSON.stringify(run(job.input as CellJob))));
    return undefined;
  };
}

describe("gatherCells", () => {
  test("gives the bytes of a single run, in whatever order cells end, whole or joined of shards", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(), { minLength: 16, maxLength: 16 }),
        fc.integer({ min: 1, max: 4 }),
        async (order, of) => {
          const parts = await Promise.all(
            Array.from({ length: of }, (_, i) => gatherCells(small, inOrder(order), { shard: { number: i + 1, of } })),
          );
          const files = parts.map(({ results }, i) => ({
            source: `part ${i}`,
            value: JSON.parse(resultsToJson(results)),
          }));
          expect(resultsToJson(mergeResults(files))).toBe(whole);
        },
      ),
      { numRuns: 20 },
    );
  });

  test("names cells that cannot be measured, and keeps the others", async () => {
    const runner: JobRunner = async (jobs, events) => {
      for (const job of [...jobs].reverse()) {
        const output = run(job.input as CellJob);
        if (job.index === 5) events.failed(job, "no room");
        else if (job.index === 2) events.done(job, { ...output, seed: "forged" });
        else if (job.index === 3) events.done(job, null);
        else events.done(job, output);
      }
      return undefined;
    };
    const { results, failed } = await gatherCells(small, runner);
    expect(failed.map(({ name, reason }) => `${name}: ${reason}`)).toEqual([
      "cell 2 (mode iptables, services 4, endpoints 1, seed a): what came back: is not of this cell",
      "cell 3 (mode iptables, services 4, endpoints 2, seed a): what came back: must be an object",
      "cell 5 (mode ipvs, services 1, endpoints 2, seed a): no room",
    ]);
    expect([results.results.length, results.partial]).toEqual([13, true]);
  });

  test("begins with the dearest cells where that is asked for", async () => {
    const services: number[] = [];
    const runner: JobRunner = async (jobs) => {
      services.push(...jobs.map(({ input }) => (input as CellJob).cell.parameters.services));
      return undefined;
    };
    await gatherCells(small, dearestFirst(runner));
    expect(services).toEqual([...Array<number>(8).fill(4), ...Array<number>(8).fill(1)]);
  });
});

describe("worthwhileWorkers", () => {
  const of = (services: readonly number[]) => cellsOf({ ...small, vary: { services } });
  const machine = { processors: 8, freeBytes: 100e9 };

  test("is 1 for small experiments, else what there are processors, cells and memory for", () => {
    expect(worthwhileWorkers(of([1, 10, 100, 1000, 10_000]), machine)).toBe(1);
    expect(worthwhileWorkers(of([10_000, 20_000, 30_000, 40_000, 50_000]), machine)).toBe(8);
    expect(worthwhileWorkers(of([50_000]), machine)).toBe(2);
    expect(worthwhileWorkers(of([10_000, 50_000]), { ...machine, freeBytes: 1.2e9 })).toBe(1);
    expect(worthwhileWorkers(of([10_000, 50_000]), { ...machine, freeBytes: 1.8e9 })).toBe(2);
  });
});

describe("experimentJob", () => {
  test.each([0, 1.5, 17, Number.NaN])("refuses %s shards of 16 cells", (parallelism) => {
    expect(() => experimentJob(small, { parallelism })).toThrow("from 1 to 16, the cells of small");
  });

  test.each([
    "",
    " kubenetsim",
    'a b"\nx: y',
    "Kubenetsim",
    "kubenetsim:",
    "kubenetsim:a b",
    "host:port/kubenetsim",
    "https://host/kubenetsim",
    `kubenetsim@sha256:${"0".repeat(63)}`,
    `${"a/".repeat(128)}a`,
  ])("refuses %j for an image", (image) => {
    expect(() => experimentJob(small, { parallelism: 2, image })).toThrow("--image: there can be no image");
  });

  test.each([
    "kubenetsim",
    "kubenetsim:0.1.0",
    "host.example:5000/team/kube_net-sim:A_1",
    "[::1]:5000/a/b",
    `localhost/kubenetsim:1@sha256:${"0a".repeat(32)}`,
  ])("takes the image %j", (image) => {
    expect(JSON.stringify(experimentJob(small, { parallelism: 2, image }))).toContain(JSON.stringify(image));
  });

  test.each(["", "../x", "Results", "a b", "a\nb", "x".repeat(254)])("refuses %j for a claim", (claim) => {
    expect(() => experimentJob(small, { parallelism: 2, claim })).toThrow(
      "--claim: there can be no PersistentVolumeClaim",
    );
  });

  test("refuses what no ConfigMap holds", () => {
    const large = { ...small, title: "x".repeat(1_000_000) };
    expect(() => experimentJob(large, { parallelism: 2 })).toThrow("larger than what a ConfigMap holds");
  });
});
