import type { Displayed } from "@kubenetsim/display/display";
import type { CostConstantName } from "@kubenetsim/network/cost/constants";
import { shownResults } from "../display/shown-results.ts";
import { version } from "../version.ts";
import type { Cell, Experiment } from "./experiment.ts";
import type { Measured } from "./measures.ts";

export interface CellResult extends Cell {
  readonly measured: Measured;
  /** What the experiment's cost models make of the packet's counts, by their names; not there for one without models. */
  readonly estimated?: Readonly<Record<string, CellEstimate>>;
}

/** Nanoseconds with their spread, or the constants that the model does not have. */
export type CellEstimate =
  | { readonly ns: number; readonly lowNs: number; readonly highNs: number }
  | { readonly missing: readonly CostConstantName[] };

/** What an experiment gave: plain JSON, without any time of day, so that the same experiment gives the same bytes. */
export interface ExperimentResults {
  readonly experiment: Experiment;
  /** Of kubenetsim. */
  readonly version: string;
  /** How many cells the whole experiment has. */
  readonly cells: number;
  /** Some cells are missing: it was interrupted, or this is a shard. */
  readonly partial: boolean;
  /** In the order of their indexes. */
  readonly results: readonly CellResult[];
}

/** @param by the version that measured; unless given, this one */
export function resultsOf(
  experiment: Experiment,
  cells: number,
  results: readonly CellResult[],
  by: string = version,
): ExperimentResults & Displayed {
  const sorted = [...results].sort((a, b) => a.index - b.index);
  return shownResults({ experiment, version: by, cells, partial: sorted.length < cells, results: sorted });
}

/** The results file: one cell a line. */
export function resultsToJson({ results, ...head }: ExperimentResults): string {
  const lines = results.map((result) => `    ${JSON.stringify(result)}`);
  const text = JSON.stringify({ ...head, results: [] }, undefined, 2);
  if (lines.length === 0) return `${text}\n`;
  return `${text.replace(/"results": \[\]\n\}$/, "")}"results": [\n${lines.join(",\n")}\n  ]\n}\n`;
}
