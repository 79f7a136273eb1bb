import { nearestWord } from "@kubenetsim/core/apiserver/nearest-word";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { CostModel } from "@kubenetsim/network/cost/model";
import { costModelNames, costModels } from "@kubenetsim/network/cost/models";
import { readCostModel } from "@kubenetsim/network/cost/read-cost-model";
import { type Experiment, type Plot, plotAxes } from "./experiment.ts";
import { measureNames } from "./measures.ts";
import { defaultParameters, leastValues, type ParameterName, parameterNames, parameterWords } from "./parameters.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * An experiment out of a file's value: `name`, `vary` and `measures`, and if wanted `title`, `seeds`,
 * `costModels` (names of built-in ones, or models) and `plot`.
 *
 * @param value as JSON or YAML gives it
 * @param source what messages call it: a file's name
 * @throws ParseError for an unknown field, an empty list, a value that there is not
 */
export function readExperiment(value: unknown, source: string): Experiment {
  const fields = objectAt(value, source);
  requireKnown(fields, ["name", "title", "vary", "measures", "seeds", "costModels", "plot"], source);
  const name = textAt(fields.name, `${source}: name`);
  const measures = listAt(fields.measures, `${source}: measures`).map((each, i) =>
    wordAt(each, measureNames, `${source}: measures[${i}]`),
  );
  const models = fields.costModels === undefined ? [] : readModels(fields.costModels, `${source}: costModels`);
  const plottable = [...measures, ...models.map((model) => model.name)];
  const vary = objectAt(fields.vary ?? {}, `${source}: vary`);
  requireKnown(vary, parameterNames, `${source}: vary`);
  return {
    name,
    title: fields.title === undefined ? name : textAt(fields.title, `${source}: title`),
    vary: Object.fromEntries(
      parameterNames.flatMap((parameter) =>
        parameter in vary ? [[parameter, readValues(parameter, vary[parameter], `${source}: vary.${parameter}`)]] : [],
      ),
    ),
    measures: [...new Set(measures)],
    seeds:
      fields.seeds === undefined
        ? ["kubenetsim"]
        : unique(listAt(fields.seeds, `${source}: seeds`).map((seed, i) => textAt(seed, `${source}: seeds[${i}]`))),
    ...(models.length === 0 ? {} : { costModels: models }),
    plot: fields.plot === undefined ? undefined : readPlot(fields.plot, plottable, `${source}: plot`),
  };
}

function readModels(value: unknown, path: string): CostModel[] {
  const models = listAt(value, path).map((each, i) =>
    typeof each === "string"
      ? costModels[wordAt(each, costModelNames, `${path}[${i}]`)]
      : readCostModel(each, `${path}[${i}]`),
  );
  models.forEach(({ name }, i) => {
    const first = models.findIndex((model) => model.name === name);
    if (first < i) throw new ParseError(`${path}[${i}]: there is another model "${name}" before it`);
    if (measureNames.some((measure) => measure === name))
      throw new ParseError(`${path}[${i}]: a measure is called ${name}`);
  });
  return models;
}

/** @throws ParseError for a value that the parameter cannot have */
export function readValues(parameter: ParameterName, value: unknown, path: string): readonly unknown[] {
  const values = Array.isArray(value) ? listAt(value, path) : [value];
  return unique(values.map((each, i) => readValue(parameter, each, `${path}[${i}]`)));
}

function readValue(parameter: ParameterName, value: unknown, path: string): unknown {
  const words = parameterWords[parameter];
  if (words !== undefined) return wordAt(value, words, path);
  if (typeof defaultParameters[parameter] === "boolean") {
    if (typeof value === "boolean") return value;
    throw new ParseError(`${path}: must be true or false`);
  }
  const least = leastValues[parameter] ?? 1;
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= least) return value;
  throw new ParseError(`${path}: must be a whole number, ${least} or more`);
}

function readPlot(value: unknown, plottable: readonly string[], path: string): Plot {
  const fields = objectAt(value, path);
  requireKnown(fields, ["over", "measure", "lines"], path);
  return {
    over: wordAt(fields.over, plotAxes, `${path}.over`),
    measure: wordAt(fields.measure, plottable, `${path}.measure`),
    lines: fields.lines === undefined ? "mode" : wordAt(fields.lines, parameterNames, `${path}.lines`),
  };
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}

function wordAt<T extends string>(value: unknown, words: readonly T[], path: string): T {
  const known = words.find((word) => word === value);
  if (known !== undefined) return known;
  throw new ParseError(`${path}: there is no ${JSON.stringify(value) ?? "value"}`, { hint: hintFor(value, words) });
}

function textAt(value: unknown, path: string): string {
  if (typeof value === "string" && value.trim() !== "") return value;
  throw new ParseError(`${path}: must be a text that is not empty`);
}

function listAt(value: unknown, path: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new ParseError(`${path}: must be a list`);
  if (value.length === 0) throw new ParseError(`${path}: the list is empty`, { hint: "give it a value" });
  return value;
}

function objectAt(value: unknown, path: string): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  throw new ParseError(`${path}: must be an object`);
}

function requireKnown(fields: Fields, known: readonly string[], path: string): void {
  for (const key of Object.keys(fields)) {
    if (!known.includes(key)) throw new ParseError(`${path}: unknown field "${key}"`, { hint: hintFor(key, known) });
  }
}

function hintFor(value: unknown, known: readonly string[]): string {
  const meant = typeof value === "string" ? nearestWord(value, known) : undefined;
  return meant === undefined ? `there are ${known.join(", ")}` : `did you mean ${meant}?`;
}
