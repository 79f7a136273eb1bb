import { ParseError } from "@kubenetsim/core/runtime/errors";
import { describe, expect, test } from "vitest";
import { costModels } from "./models.ts";
import { readCostModel } from "./read-cost-model.ts";

const good = structuredClone(costModels["linux-6.1-uml"]);

function problemOf(value: unknown): ParseError {
  try {
    readCostModel(value, "mine.yaml");
  } catch (problem) {
    if (problem instanceof ParseError) return problem;
    throw problem;
  }
  throw new Error("it was taken");
}

describe("readCostModel", () => {
  test("reads what a built-in model is written as", () => {
    expect(readCostModel(JSON.parse(JSON.stringify(good)), "mine.yaml")).toEqual(good);
  });

  test("reads how a calibration came to a constant", () => {
    const fit = { quartilesNs: [5.1, 6], medianNs: 5.6, r2: 0.99, batches: 31, sizes: 6 };
    const model = { ...good, name: "mine", constants: { iptablesRule: { ns: 5.7, rangeNs: [5, 6], fit } }, lacks: {} };
    expect(readCostModel(JSON.parse(JSON.stringify(model)), "mine.json")).toEqual(model);
  });

  test.each<[string, unknown, string, string | undefined]>([
    ["no object", [good], "mine.yaml: must be an object", undefined],
    ["an unknown key", { ...good, kernle: "x" }, 'mine.yaml: unknown field "kernle"', "did you mean kernel?"],
    [
      "no source",
      { ...good, source: undefined },
      "mine.yaml: source must be a text that is not empty",
      "numbers without",
    ],
    ["a date that is none", { ...good, date: "yesterday" }, "mine.yaml: date must be a day", "2026-11-23"],
    ["no constants", { ...good, constants: {} }, "mine.yaml: constants: there is none", "iptablesRule"],
    [
      "an unknown constant",
      { ...good, constants: { iptableRule: { ns: 1, rangeNs: [1, 1] } } },
      'mine.yaml: constants: unknown field "iptableRule"',
      "did you mean iptablesRule?",
    ],
    [
      "a negative number",
      { ...good, constants: { iptablesRule: { ns: -1, rangeNs: [-1, 1] } } },
      "mine.yaml: constants.iptablesRule.ns: must be a number of nanoseconds, 0 or more",
      "rangeNs",
    ],
    [
      "a value outside of its range",
      { ...good, constants: { iptablesRule: { ns: 9, rangeNs: [1, 2] } } },
      "mine.yaml: constants.iptablesRule: 9 does not lie in its range of 1 to 2",
      "for example",
    ],
    [
      "no range",
      { ...good, constants: { iptablesRule: { ns: 9 } } },
      "mine.yaml: constants.iptablesRule.rangeNs: must be",
      "for example",
    ],
    [
      "a fit without batches",
      { ...good, constants: { iptablesRule: { ns: 9, rangeNs: [1, 20], fit: { quartilesNs: [8, 10], medianNs: 9 } } } },
      "mine.yaml: constants.iptablesRule.fit: must be what a calibration writes",
      "for example",
    ],
    [
      "a name of a built-in model",
      { ...good, constants: { iptablesRule: { ns: 1, rangeNs: [1, 2] } }, lacks: {} },
      "mine.yaml: name is that of the built-in model linux-6.1-uml",
      "a name of its own",
    ],
    ["a name of two lines", { ...good, name: "a\nb" }, "mine.yaml: name must be one line of text", undefined],
    ["a name with colours", { ...good, name: "a\u001b[31m" }, "without control characters", undefined],
    [
      "a name that is too long",
      { ...good, name: "x".repeat(65) },
      "mine.yaml: name has 65 characters, at most 64",
      undefined,
    ],
    ["a source with line ends", { ...good, source: "a\u2028b" }, "mine.yaml: source must be one line", undefined],
    ["a lack with colours", { ...good, lacks: { nftNat: "\u001b[0m" } }, "lacks.nftNat must be one line", undefined],
    ["a lack of what it has", { ...good, lacks: { iptablesRule: "?" } }, "the model has this constant", undefined],
  ])("refuses %s", (_, value, message, hint) => {
    const problem = problemOf(value);
    expect(problem.message).toContain(message);
    if (hint !== undefined) expect(problem.hint).toContain(hint);
  });
});
