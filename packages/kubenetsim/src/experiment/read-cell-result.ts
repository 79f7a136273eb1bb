import { costConstantNames } from "@kubenetsim/network/cost/constants";
import type { Cell, Experiment } from "./experiment.ts";
import { FieldPlace } from "./field-place.ts";
import { type MeasureName, presenceOf } from "./measures.ts";
import type { CellEstimate, CellResult } from "./results.ts";

const estimateFields = ["ns", "lowNs", "highNs"] as const;

/**
 * The result of a cell that comes from elsewhere, a file or another machine: of exactly this cell, with a number for each measure of the experiment
 * that its mode has and an estimate of each of its cost models, and with nothing else.
 *
 * @param value plain JSON, whatever it is
 * @param source what messages call it
 * @throws ParseError with the field that is not what `runCell` gives
 * @example
 * readCellResult(JSON.parse(text), cell, experiment, "part-1.json: cell 3").measured.rulesCompared;
 */
export function readCellResult(value: unknown, cell: Cell, experiment: Experiment, source: string): CellResult {
  const { measures, costModels = [] } = experiment;
  const place = new FieldPlace(value, { name: source });
  place.object(["index", "seed", "parameters", "measured", ...(costModels.length === 0 ? [] : ["estimated"])]);
  const { index, seed, parameters } = value as CellResult;
  if (JSON.stringify([index, seed, parameters]) !== JSON.stringify([cell.index, cell.seed, cell.parameters])) {
    throw place.problem("is not of this cell");
  }
  const measured = place.field("measured").object(measures);
  const read: CellResult = {
    ...cell,
    measured: Object.fromEntries(
      measures
        .filter((name) => isThere(measured.field(name), name, cell))
        .map((name) => [name, readMeasure(measured.field(name), name)]),
    ),
  };
  if (costModels.length === 0) return read;
  const names = costModels.map((model) => model.name);
  const estimated = place.field("estimated").object(names);
  return { ...read, estimated: Object.fromEntries(names.map((name) => [name, readEstimate(estimated.field(name))])) };
}

function isThere(place: FieldPlace, name: MeasureName, { parameters: { mode } }: Cell): boolean {
  const presence = presenceOf(name, mode);
  if (presence === "never" && !place.isAbsent) throw place.problem(`there is none in ${mode} mode`);
  return presence === "always" || !place.isAbsent;
}

function readMeasure(place: FieldPlace, name: MeasureName): number {
  const number = place.number();
  const isShare = name === "smallestShare" || name === "largestShare";
  if (number >= 0 && (isShare ? number <= 1 : Number.isSafeInteger(number))) return number;
  throw place.problem(isShare ? "must be a share, 0 to 1" : "must be a count, a whole number from 0");
}

function readEstimate(place: FieldPlace): CellEstimate {
  if (place.object([...estimateFields, "missing"]).field("missing").isAbsent) {
    const [ns, lowNs, highNs] = estimateFields.map((name) => place.field(name).number());
    return { ns: ns!, lowNs: lowNs!, highNs: highNs! };
  }
  const names = place.object(["missing"]).field("missing").list();
  return { missing: names.map((each) => each.word(costConstantNames)) };
}
