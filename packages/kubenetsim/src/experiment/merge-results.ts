import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { Displayed } from "@kubenetsim/display/display";
import { cellsOf } from "./cells.ts";
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
 * @throws ParseError for what are no results, for those of different experiments or versions, and for a cell that two have
 *   with other numbers
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
  if (
    typeof value !== "object" ||
    value === null ||
    !Array.isArray(given.results) ||
    typeof given.version !== "string"
  ) {
    throw new ParseError(`${source}: is no results file`, { hint: "kubenetsim experiment NAME --out FILE writes one" });
  }
  const cells = cellsOf(readExperiment(given.experiment, source));
  for (const result of given.results) {
    const cell = cells[result?.index];
    if (
      cell === undefined ||
      JSON.stringify([cell.seed, cell.parameters]) !== JSON.stringify([result.seed, result.parameters])
    ) {
      throw new ParseError(`${source}: cell ${result?.index} is none of the experiment`);
    }
  }
  return { ...given, cells: cells.length };
}
