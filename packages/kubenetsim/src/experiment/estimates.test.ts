import { ParseError } from "@kubenetsim/core/runtime/errors";
import { costModels } from "@kubenetsim/network/cost/models";
import { expect, test } from "vitest";
import { mergeResults } from "./merge-results.ts";
import { readExperiment } from "./read-experiment.ts";
import { resultsToJson } from "./results.ts";
import { resultsChart } from "./results-chart.ts";
import { resultsCsv, resultsTable } from "./results-text.ts";
import { runExperiment } from "./run-experiment.ts";

const wanted = {
  name: "times",
  vary: { mode: ["iptables", "ipvs"], services: [100, 1000] },
  measures: ["rulesCompared"],
  costModels: ["linux-6.1-uml", "linux-6.18-iptables-nft"],
  plot: { over: "services", measure: "linux-6.1-uml" },
};
const results = runExperiment(readExperiment(wanted, "x"));

test("an estimate stands beside the counts, never among them", () => {
  const [first, , third] = results.results;
  expect(first!.measured).toEqual({ rulesCompared: 115 });
  const ns = 115 * 5.7 + 450;
  expect(first!.estimated!["linux-6.1-uml"]).toEqual({
    ns: expect.closeTo(ns),
    lowNs: expect.closeTo(115 * 3 + 40),
    highNs: expect.closeTo(115 * 8.1 + 1020),
  });
  expect(third!.estimated!["linux-6.18-iptables-nft"]).toEqual({
    missing: ["ipvsBucketEntry", "ipvsServer", "ipvsNat"],
  });
});

test("without models there are none", () => {
  const { costModels: _, plot: __, ...counted } = wanted;
  for (const result of runExperiment(readExperiment(counted, "x")).results)
    expect(result).not.toHaveProperty("estimated");
});

test("each text says which columns are estimates, by whom, and how far they spread", () => {
  const table = resultsTable(results);
  for (const text of [
    "≈ns[1]",
    "1,106 (385–1,952)",
    "  none\n",
    "are estimates",
    "[1] linux-6.1-uml: Linux 6.1.176",
    "2026-11-23",
  ]) {
    expect(table).toContain(text);
  }
  expect(resultsCsv(results).split("\n")[0]).toContain(
    "rulesCompared,estimateNs:linux-6.1-uml,estimateLowNs:linux-6.1-uml,estimateHighNs:linux-6.1-uml,",
  );
  expect(resultsCsv(results).split("\n")[1]).toMatch(/,115,1105\.5,385,1951\.5,/);
  expect(resultsCsv(results).split("\n")[3]).toMatch(/,,,$/);
  const svg = resultsChart(results);
  expect(svg).toContain("estimated time, ns a packet (by linux-6.1-uml)");
  expect(svg).toContain("An estimate with its spread. linux-6.1-uml: Linux 6.1.176");
  expect(svg.match(/stroke-opacity/g)).toHaveLength(4);
});

test("the results file has the models whole, and merges to the same bytes", () => {
  const parts = [1, 2].map((number) => ({
    source: String(number),
    value: JSON.parse(resultsToJson(runExperiment(results.experiment, { shard: { number, of: 2 } }))),
  }));
  expect(resultsToJson(mergeResults(parts))).toBe(resultsToJson(results));
  expect(JSON.parse(resultsToJson(results)).experiment.costModels[0]).toEqual(costModels["linux-6.1-uml"]);
});

test.each<[string, unknown, string]>([
  ["a model that there is not", ["linux-6.2"], 'x: costModels[0]: there is no "linux-6.2"'],
  ["the same twice", ["linux-6.1-uml", "linux-6.1-uml"], 'x: costModels[1]: the name "linux-6.1-uml" is taken'],
  ["a model without a source", [{ ...costModels["linux-6.1-uml"], source: "" }], "x: costModels[0]: source must be"],
  ["a name that a measure has", [{ ...costModels["linux-6.1-uml"], name: "objects" }], 'the name "objects" is taken'],
])("refuses %s", (_, models, message) => {
  expect(() => readExperiment({ ...wanted, plot: undefined, costModels: models }, "x")).toThrow(ParseError);
  expect(() => readExperiment({ ...wanted, plot: undefined, costModels: models }, "x")).toThrow(message);
});
