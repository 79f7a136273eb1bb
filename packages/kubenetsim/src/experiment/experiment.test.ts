import { ParseError } from "@kubenetsim/core/runtime/errors";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { builtInExperiments, builtInNames } from "./built-in.ts";
import { cellsOf } from "./cells.ts";
import type { Experiment } from "./experiment.ts";
import { measureNames } from "./measures.ts";
import { mergeResults } from "./merge-results.ts";
import { defaultParameters, type Parameters } from "./parameters.ts";
import { readExperiment } from "./read-experiment.ts";
import { resultsToJson } from "./results.ts";
import { resultsChart } from "./results-chart.ts";
import { resultsCsv, resultsTable } from "./results-text.ts";
import { runCell } from "./run-cell.ts";
import { runExperiment } from "./run-experiment.ts";

const small: Experiment = {
  name: "small",
  title: "Small & quick",
  vary: { mode: ["iptables", "nftables"], services: [1, 5], endpoints: [1, 3] },
  measures: ["rulesCompared", "bytesFull", "largestShare"],
  seeds: ["a", "b"],
  plot: { over: "services", measure: "rulesCompared", lines: "mode" },
};

function problemOf(action: () => unknown): ParseError {
  try {
    action();
  } catch (problem) {
    if (problem instanceof ParseError) return problem;
    throw problem;
  }
  throw new Error("it was taken");
}

describe("runExperiment", () => {
  test("runs every combination once for each seed, in a fixed order", () => {
    const { results, cells, partial } = runExperiment(small);
    expect([results.length, cells, partial]).toEqual([16, 16, false]);
    expect(results.map(({ index }) => index)).toEqual([...results.keys()]);
    expect(new Set(results.map(({ seed, parameters }) => JSON.stringify([seed, parameters]))).size).toBe(16);
  });

  test("gives the same bytes again, and by shards in any order", () => {
    const whole = resultsToJson(runExperiment(small));
    expect(resultsToJson(runExperiment(small))).toBe(whole);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), (of) => {
        const files = Array.from({ length: of }, (_, i) => ({
          source: `part-${i}`,
          value: JSON.parse(resultsToJson(runExperiment(small, { shard: { number: of - i, of } }))),
        }));
        expect(resultsToJson(mergeResults(files))).toBe(whole);
      }),
      { numRuns: 4 },
    );
  });

  test("no cell depends on what was measured before it", () => {
    const { measures } = builtInExperiments["kube-proxy-modes"];
    const cells = cellsOf({
      ...small,
      vary: {
        mode: ["iptables", "ipvs", "nftables", "userspace"],
        services: [3, 40],
        endpoints: [4],
        position: ["first", "last"],
        connection: ["new", "established"],
      },
    });
    const asked = [...measures, "smallestShare", "sourceKept"] as const;
    const inTurn = cells.map((cell) => runCell(cell, asked));
    const backwards = cells.toReversed().map((cell) => runCell(cell, asked));
    expect(backwards.toReversed()).toEqual(inTurn);
    for (const [i, cell] of cells.entries()) {
      // Another cluster in between, so that nothing of the last one is left.
      runCell({ ...cell, parameters: { ...cell.parameters, services: 2 } }, ["objects", "rulesCompared"]);
      expect(runCell(cell, asked)).toEqual(inTurn[i]);
    }
  });

  const manyNodes = { nodes: 2, services: 3, endpoints: 2, type: "LoadBalancer", from: "outside" } as const;
  const balanced = { ...defaultParameters, ...manyNodes, sourceRanges: 1, position: "first" } as const;

  test.each<Partial<Parameters>>([
    { mode: "ipvs" },
    { services: 4 },
    { endpoints: 3 },
    { nodes: 3 },
    { type: "NodePort", sourceRanges: 0 },
    { trafficPolicy: "Local" },
    { from: "pod" },
    { sourceRanges: 2 },
    { position: "none" },
    { connection: "established" },
    { churn: 2 },
    { change: "service-removed" },
    { endpointChurn: 2 },
    { masqueradeAll: true },
  ])("a cell with %o is measured as it is, also after one that differs in that alone", (varied) => {
    const measureOf = (parameters: Parameters) => runCell({ index: 0, seed: "a", parameters }, measureNames).measured;
    const other = { ...balanced, services: 2 };
    const wanted = { ...balanced, ...varied };
    measureOf(other);
    const alone = measureOf(wanted);
    measureOf(other);
    expect(measureOf(balanced)).not.toEqual(alone);
    expect(measureOf(wanted)).toEqual(alone);
  });

  test("a part of the results is marked as one wherever it is shown", () => {
    const part = runExperiment(small, { shard: { number: 1, of: 3 } });
    expect(part).toMatchObject({ partial: true, cells: 16 });
    expect(resultsTable(part)).toContain("PARTIAL: 6 of 16 cells");
    expect(resultsCsv(part)).toContain("small,0.1.0,true,a,iptables,1,1,1,ClusterIP,Cluster,pod,0,last,new,");
    expect(resultsChart(part)).toContain(", PARTIAL</text>");
    expect(resultsToJson(part)).toContain('"partial": true');
  });

  test("what was measured so far is told after each cell, as partial until the last", () => {
    const told: (readonly [number, boolean])[] = [];
    runExperiment(small, { onResults: ({ results, partial }) => told.push([results.length, partial]) });
    expect(told.map(([count]) => count)).toEqual(Array.from({ length: 16 }, (_, i) => i + 1));
    expect(told.map(([, partial]) => partial)).toEqual([...Array<boolean>(15).fill(true), false]);
  });

  test.each(builtInNames)("the built-in experiment %s can be written to a file and read again", (name) => {
    const experiment = builtInExperiments[name];
    expect(readExperiment(JSON.parse(JSON.stringify(experiment)), "x")).toEqual({ plot: undefined, ...experiment });
    expect(cellsOf(experiment).length).toBeGreaterThan(1);
  });

  test("shares are exact: a seventh as iptables can write it, and as it is", () => {
    const measured = (mode: "iptables" | "nftables") =>
      runExperiment({ ...builtInExperiments.fairness, vary: { mode: [mode], services: [1], endpoints: [7] } })
        .results[0]!.measured;
    expect(measured("nftables")).toEqual({ smallestShare: 1 / 7, largestShare: 1 / 7, endpointsChosen: 7 });
    expect(measured("iptables").largestShare).toBeGreaterThan(1 / 7);
    expect(measured("iptables").largestShare).toBeLessThan(1 / 7 + 1e-9);
  });
});

describe("the texts", () => {
  const results = runExperiment({ ...small, seeds: ['say "a", b'] });

  test("CSV quotes what holds a comma or a quote", () => {
    expect(resultsCsv(results).split("\n")[1]).toContain('"say ""a"", b",iptables,1,1,');
  });

  test("the plot has axes, units, names, seed and version, a dark dress and lines that differ without colours", () => {
    const svg = resultsChart(results);
    for (const text of [
      "Small &amp; quick",
      "N: Services in the cluster",
      "rules compared, rules a packet",
      "kubenetsim 0.1.0",
      "seed &quot;say \\&quot;a\\&quot;, b&quot;",
      "prefers-color-scheme:dark",
      'stroke-dasharray="none"',
      'stroke-dasharray="9 4"',
      "iptables 20",
      "nftables 14",
    ]) {
      expect(svg).toContain(text);
    }
    expect(resultsChart(results)).toBe(svg);
  });
});

describe("readExperiment and cellsOf", () => {
  test.each<[string, unknown, string, string]>([
    ["an unknown key", { ...small, vry: {} }, 'x: unknown field "vry"', "did you mean vary?"],
    ["an unknown parameter", { ...small, vary: { servces: [1] } }, 'x: vary: unknown field "servces"', "services"],
    ["an empty range", { ...small, vary: { services: [] } }, "x: vary.services: the list is empty", "give it a value"],
    ["half a Service", { ...small, vary: { services: [1.5] } }, "x: vary.services[0]: must be a whole number", ""],
    [
      "no Services",
      { ...small, vary: { services: [0] } },
      "x: vary.services[0]: must be a whole number, 1 or more",
      "",
    ],
    ["another mode", { ...small, vary: { mode: ["ebpf"] } }, 'x: vary.mode[0]: there is no "ebpf"', "iptables"],
    ["another measure", { ...small, measures: ["rules"] }, 'x: measures[0]: there is no "rules"', "rulesCompared"],
    ["no measures", { ...small, measures: [] }, "x: measures: the list is empty", ""],
    [
      "a plot of what is not measured",
      { ...small, plot: { over: "services", measure: "objects" } },
      "x: plot.measure: there is no",
      "",
    ],
    [
      "a billion Services",
      { ...small, vary: { services: [1e9] } },
      "would take about 17 TB of memory",
      "at most 100,000",
    ],
    [
      "a million source ranges",
      { ...small, vary: { type: ["LoadBalancer"], sourceRanges: [1e6] } },
      "1,000,000 source ranges each would take about 3.3 TB",
      "10,000 source ranges of one",
    ],
    ["a name of two lines", { ...small, name: "a\nb" }, "x: name: must be one line of text", ""],
    ["more changes than Services", { ...small, vary: { services: [2], churn: [3] } }, "3 of 2 Services", "churn"],
    [
      "userspace without ports",
      { ...small, vary: { mode: ["userspace"], services: [30_000] } },
      "local ports",
      "28,000",
    ],
    [
      "too many cells",
      { ...small, vary: { services: Array.from({ length: 5001 }, (_, i) => i + 1) } },
      "more than 10,000 cells",
      "fewer",
    ],
  ])("refuse %s", (_, value, message, hint) => {
    const problem = problemOf(() => cellsOf(readExperiment(value, "x")));
    expect(problem.message).toContain(message);
    expect(problem.hint ?? "").toContain(hint);
  });
});

describe("mergeResults", () => {
  const value = JSON.parse(resultsToJson(runExperiment({ ...small, seeds: ["a"] })));
  const withFirst = (changed: object) => ({
    ...value,
    results: [{ ...value.results[0], ...changed }, ...value.results.slice(1)],
  });

  test.each<[string, readonly unknown[], string]>([
    ["what is no results file", [{}], "f0: is no results file"],
    [
      "results of another experiment",
      [value, { ...value, experiment: { ...value.experiment, name: "other" } }],
      "f1: is of another experiment",
    ],
    [
      "a cell with other numbers",
      [value, withFirst({ measured: { ...value.results[0].measured, rulesCompared: 1 } })],
      "f1: cell 0 is not what it is in f0",
    ],
    [
      "a cell that there is not",
      [{ ...value, results: [{ ...value.results[0], index: 99 }] }],
      "f0: cell 99 is none of",
    ],
    ["a cell that is nothing", [{ ...value, results: [null] }], "f0: cell undefined is none of"],
    ["a cell without numbers", [withFirst({ measured: null })], "f0: cell 0: measured: must be an object"],
    ["a field that there is not", [{ ...value, note: 1 }], 'f0: unknown field "note"'],
    ["another count of cells", [{ ...value, cells: 9 }], "f0: the experiment has 8 cells, and all are here"],
    ["a part that says it is whole", [{ ...value, results: [value.results[0]] }], "8 cells, and some are missing here"],
  ])("refuses %s", (_, values, message) => {
    const files = values.map((each, i) => ({ source: `f${i}`, value: each }));
    expect(problemOf(() => mergeResults(files)).message).toContain(message);
  });
});
