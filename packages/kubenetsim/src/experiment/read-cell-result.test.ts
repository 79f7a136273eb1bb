import { costModels } from "@kubenetsim/network/cost/models";
import fc from "fast-check";
import { expect, test } from "vitest";
import { run } from "./cell-job.ts";
import { cellsOf } from "./cells.ts";
import type { Experiment } from "./experiment.ts";
import { measureNames } from "./measures.ts";
import { readCellResult } from "./read-cell-result.ts";

const experiment: Experiment = {
  name: "all",
  title: "All",
  vary: {
    mode: ["iptables", "ipvs", "nftables", "userspace"],
    services: [2],
    position: ["last", "none"],
    connection: ["new", "established"],
  },
  measures: measureNames,
  seeds: ["a"],
  costModels: [costModels["linux-6.1-uml"], costModels["linux-6.18-iptables-nft"]],
};
const cells = cellsOf(experiment);
const results = cells.map((cell) => run({ cell, measures: measureNames, costModels: experiment.costModels! }));
const copies = results.map((result) => JSON.parse(JSON.stringify(result)));
const read = (value: unknown, i: number) => readCellResult(value, cells[i]!, experiment, "f: cell");

test("takes what each mode measures and estimates, to the byte, in whatever order its fields come", () => {
  for (const [i, copy] of copies.entries()) {
    expect(JSON.stringify(read(copy, i))).toBe(JSON.stringify(results[i]));
    const measured = Object.fromEntries(Object.entries(copy.measured).reverse());
    expect(JSON.stringify(read({ ...copy, measured }, i))).toBe(JSON.stringify(results[i]));
  }
});

test("refuses whatever stands in the place of a number, and each number that is missing", () => {
  const values = fc.oneof(
    fc.constantFrom<unknown>(null, [1, 2], "<b>", {}, true, -5, Number.NaN, Number.POSITIVE_INFINITY),
    fc.double({ max: -1 }),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.nat(copies.length - 1), fc.nat(), values, (i, pick, value) => {
      const names = Object.keys(copies[i].measured);
      const name = names[pick % names.length]!;
      const measured = { ...copies[i].measured, [name]: value };
      expect(() => read({ ...copies[i], measured }, i)).toThrow(`f: cell: measured.${name}: must be a`);
    }),
  );
  for (const name of ["rulesCompared", "delivered", "objects", "programRunsFull", "endpointsChosen"]) {
    const { [name]: _, ...measured } = copies[0].measured;
    expect(() => read({ ...copies[0], measured }, 0)).toThrow(`f: cell: measured.${name}: must be a number`);
  }
});

test.each<[string, object, string]>([
  ["no numbers", { measured: null }, "f: cell: measured: must be an object"],
  ["a measure that is none", { measured: { ...copies[0].measured, rules: 1 } }, 'measured: unknown field "rules"'],
  [
    "a measure of another mode",
    { measured: { ...copies[0].measured, netlinkCallsFull: 1 } },
    "measured.netlinkCallsFull: there is none in iptables mode",
  ],
  ["half a rule", { measured: { ...copies[0].measured, rulesCompared: 1.5 } }, "must be a count"],
  ["a share above 1", { measured: { ...copies[0].measured, largestShare: 1.01 } }, "must be a share"],
  ["no estimates", { estimated: undefined }, "f: cell: estimated: must be an object"],
  [
    "an estimate that is missing",
    { estimated: { "linux-6.1-uml": { missing: ["nftNat"] } } },
    "nft: must be an object",
  ],
  [
    "an estimate without numbers",
    { estimated: { ...copies[0].estimated, "linux-6.1-uml": { ns: 1, lowNs: 1, highNs: "2" } } },
    "estimated.linux-6.1-uml.highNs: must be a number",
  ],
  ["an unknown field", { note: "x" }, 'f: cell: unknown field "note"'],
  ["another seed", { seed: "b" }, "f: cell: is not of this cell"],
  ["another index", { index: 1 }, "f: cell: is not of this cell"],
  [
    "the numbers of other parameters",
    { parameters: { ...copies[0].parameters, services: 3 } },
    "f: cell: is not of this cell",
  ],
])("refuses %s", (_, changed, message) => {
  expect(() => read({ ...copies[0], ...changed }, 0)).toThrow(message);
});
