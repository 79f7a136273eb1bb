import fc from "fast-check";
import { expect, test } from "vitest";
import { builtInExperiments } from "./built-in.ts";
import { jobOf, run } from "./cell-job.ts";
import { cellsOf } from "./cells.ts";
import { runCell } from "./run-cell.ts";

const experiment = { ...builtInExperiments.lookup, vary: { services: [2], endpoints: [3] } };
const cell = { ...cellsOf(experiment)[0]!, index: 12_345 };
const job = jobOf(cell, experiment);
const withParameters = (more: object) => ({ ...job, cell: { ...cell, parameters: { ...cell.parameters, ...more } } });

test("gives what the cell gives, through JSON", () => {
  expect(run(JSON.parse(JSON.stringify(job)))).toEqual(runCell(cell, job.measures, job.costModels));
});

test.each([
  ["nothing", undefined, "the job: must be an object"],
  ["another field", { ...job, module: "/evil.mjs" }, 'unknown field "module"'],
  ["no cell", { ...job, cell: null }, "the job: cell: must be an object"],
  ["an index that is none", { ...job, cell: { ...cell, index: -1 } }, "cell.index: must be a whole number"],
  ["a seed that is none", { ...job, cell: { ...cell, seed: {} } }, "seeds[0]: must be a text"],
  ["no such measure", { ...job, measures: ["constructor"] }, 'there is no "constructor"'],
  ["a model that is none", { ...job, costModels: [{ name: "x" }] }, "costModels[0]: kernel must be a text"],
  ["a parameter that is missing", withParameters({ mode: undefined }), "vary.mode"],
  ["an unknown parameter", withParameters({ more: 1 }), 'unknown field "more"'],
  ["no such mode", withParameters({ mode: "nonsense" }), 'vary.mode[0]: there is no "nonsense"'],
  ["no such scheduler", withParameters({ scheduler: "../../x" }), 'there is no "../../x"'],
  ["fewer Services than one", withParameters({ services: -5 }), "vary.services[0]: must be a whole number, 1 or more"],
  ["a list of values", withParameters({ services: [1, 2] }), "vary.services[0]: must be a whole number, 1 or more"],
  ["what has no room", withParameters({ services: 1e9 }), "1,000,000,000 Services with 3 endpoints each would take"],
  ["what cannot be", withParameters({ churn: 3 }), "3 of 2 Services cannot change"],
])("refuses %s", (_, given, message) => {
  expect(() => run(given)).toThrow(expect.objectContaining({ name: "ParseError" }));
  expect(() => run(given)).toThrow(message);
});

test("refuses whatever else is no job", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(() => run(value)).toThrow(expect.objectContaining({ name: "ParseError" }));
    }),
  );
});
