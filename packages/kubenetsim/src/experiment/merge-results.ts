import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { Displayed } from "@kubenetsim/display/display";
import { cellsOf } from "./cells.ts";
import { FieldPlace } from "./field-place.ts";
import { readCellResult } from "./read-cell-result.ts";
import { readExperiment } from "./read-experiment.ts";
import { type CellResult, type ExperimentResults, resultsOf } from "./results.ts";

/** A results file and what messages call it. */
export interface ResultsFile {
  readonly source: string;
  readonly value: unknown;
}

/**
 * Joins the results of shards to what a single run gives.
 *
 * @throws ParseError for what are no results, with the field that is none of a results file; for those of different experiments or versions; and
 *   for a cell that two have with other numbers
 */
export function mergeResults(files: readonly ResultsFile[]): ExperimentResults & Displayed {
  const read = files.map(readResults);
  const first = read[0];
  if (first === undefined) throw new ParseError("no results to merge");
  const known = new Map<number, { readonly result: CellResult; readonly source: string }>();
  read.forEach((one, i) => {
    const { source } = files[i]!;
    if (JSON.stringify([one.experiment, one.version]) !== JSON.stringify([first.experiment, first.version])) {
      throw new ParseError(`${source}: is of another experiment or version than ${files[0]!.source}`);
    }
    for (const result of one.results) {
      const before = known.get(result.index);
      if (before !== undefined && JSON.stringify(before.result) !== JSON.stringify(result)) {
        throw new ParseError(`${source}: cell ${result.index} is not what it is in ${before.source}`);
      }
      known.set(result.index, { result, source });
    }
  });
  return resultsOf(
    first.experiment,
    first.cells,
    [...known.values()].map(({ result }) => result),
    first.version,
  );
}

function readResults({ source, value }: ResultsFile): ExperimentResults {
  const given = value as ExperimentResults;
  if (typeof value !== "object" || value === null || !Array.isArray(given.results)) {
    throw new ParseError(`${source}: is no results file`, { hint: "kubenetsim experiment NAME --out FILE writes one" });
  }
  const place = new FieldPlace(value, { name: source });
  place.object(["experiment", "version", "cells", "partial", "results"]);
  const version = place.field("version").line();
  const experiment = readExperiment(given.experiment, source);
  const all = cellsOf(experiment);
  const results = given.results.map((result): CellResult => {
    const cell = all[result?.index];
    if (cell === undefined) throw new ParseError(`${source}: cell ${result?.index} is none of the experiment`);
    return readCellResult(result, cell, experiment, `${source}: cell ${cell.index}`);
  });
  const partial = new Set(results.map(({ index }) => index)).size < all.length;
  if (place.field("cells").number() !== all.length || given.partial !== partial) {
    const whole = `${all.length} cells${partial ? ", and some are missing here" : ", and all are here"}`;
    throw new ParseError(`${source}: the experiment has ${whole}, which cells and partial must say`);
  }
  return { experiment, version, cells: all.length, partial, results };
}
