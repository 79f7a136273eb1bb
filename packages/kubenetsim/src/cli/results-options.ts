import { ParseError } from "@kubenetsim/core/runtime/errors";
import { type ExperimentResults, resultsToJson } from "../experiment/results.ts";
import { resultsChart } from "../experiment/results-chart.ts";
import { resultsCsv, resultsTable } from "../experiment/results-text.ts";
import type { Arguments, Option } from "./command.ts";
import { writeTextFile } from "./output-file.ts";
import type { Terminal } from "./terminal.ts";

/** How the commands that have results of experiments show them. */
export const resultsOptions: Readonly<Record<"format" | "svg", Option>> = {
  format: { type: "string", value: "FORMAT", help: "table (the default), csv or json" },
  svg: { type: "string", value: "FILE", help: "write the plot to this file" },
};

type Format = "table" | "csv" | "json";

const formats = { table: resultsTable, csv: resultsCsv, json: resultsToJson } as const;

/** @throws ParseError for a format that there is not */
export function readFormat(args: Arguments): Format {
  const word = args.text("format") ?? "table";
  if (word === "table" || word === "csv" || word === "json") return word;
  throw new ParseError(`--format takes table, csv or json, not "${word}"`);
}

export function writeResults(
  results: ExperimentResults,
  { format, svg }: { readonly format: Format; readonly svg: string | undefined },
  terminal: Terminal,
): void {
  terminal.out(formats[format](results));
  if (svg === undefined) return;
  const path = writeTextFile(svg, resultsChart(results), terminal);
  if (format === "table") terminal.out(`plot: ${path}\n`);
}
