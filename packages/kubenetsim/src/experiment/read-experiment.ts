import type { CostModel } from "@kubenetsim/network/cost/model";
import { costModelNames, costModels } from "@kubenetsim/network/cost/models";
import { readCostModel } from "@kubenetsim/network/cost/read-cost-model";
import { type Experiment, type Plot, plotAxes } from "./experiment.ts";
import { FieldPlace, type FieldSource } from "./field-place.ts";
import { measureNames } from "./measures.ts";
import { defaultParameters, leastValues, type ParameterName, parameterNames, parameterWords } from "./parameters.ts";

/**
 * An experiment out of a file's value: `name`, `vary` and `measures`, and if wanted `title`, `seeds`,
 * `costModels` (names of built-in ones, or models) and `plot`.
 *
 * @param value as JSON or YAML gives it
 * @param source what messages call it: a file's name; or that with where its fields stand
 * @throws ParseError for an unknown field, an empty list, a value that there is not
 */
export function readExperiment(value: unknown, source: string | FieldSource): Experiment {
  const place = new FieldPlace(value, typeof source === "string" ? { name: source } : source);
  place.object(["name", "title", "vary", "measures", "seeds", "costModels", "plot"]);
  const name = place.field("name").line();
  const measures = place
    .field("measures")
    .list()
    .map((each) => each.word(measureNames));
  const models = readModels(place.field("costModels"));
  const plottable = [...measures, ...models.map((model) => model.name)];
  const [title, seeds, plot] = [place.field("title"), place.field("seeds"), place.field("plot")];
  return {
    name,
    title: title.isAbsent ? name : title.line(),
    vary: readVary(place.field("vary")),
    measures: unique(measures),
    seeds: seeds.isAbsent ? ["kubenetsim"] : unique(seeds.list().map((seed) => seed.line())),
    ...(models.length === 0 ? {} : { costModels: models }),
    plot: plot.isAbsent ? undefined : readPlot(plot, plottable),
  };
}

function readModels(place: FieldPlace): CostModel[] {
  if (place.isAbsent) return [];
  const names = new Set<string>(measureNames);
  return place.list().map((each) => {
    const model =
      typeof each.value === "string" ? costModels[each.word(costModelNames)] : readCostModel(each.value, each.text);
    if (names.has(model.name)) throw each.problem(`the name "${model.name}" is taken by another model or a measure`);
    names.add(model.name);
    return model;
  });
}

function readVary(place: FieldPlace): Experiment["vary"] {
  if (place.isAbsent) return {};
  place.object(parameterNames);
  return Object.fromEntries(
    parameterNames.flatMap((parameter) => {
      const values = place.field(parameter);
      return values.isAbsent ? [] : [[parameter, unique(values.oneOrMore().map((each) => readValue(parameter, each)))]];
    }),
  );
}

function readValue(parameter: ParameterName, place: FieldPlace): unknown {
  const words = parameterWords[parameter];
  if (words !== undefined) return place.word(words);
  const { value } = place;
  if (typeof defaultParameters[parameter] === "boolean") {
    if (typeof value === "boolean") return value;
    throw place.problem("must be true or false");
  }
  const least = leastValues[parameter] ?? 1;
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= least) return value;
  throw place.problem(`must be a whole number, ${least} or more`);
}

function readPlot(place: FieldPlace, plottable: readonly string[]): Plot {
  place.object(["over", "measure", "lines"]);
  const lines = place.field("lines");
  return {
    over: place.field("over").word(plotAxes),
    measure: place.field("measure").word(plottable),
    lines: lines.isAbsent ? "mode" : lines.word(parameterNames),
  };
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
