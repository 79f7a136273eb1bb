import { ParseError } from "@kubenetsim/core/runtime/errors";
import { renderLogLogChart } from "../plot/log-log-chart.ts";
import type { Plot } from "./experiment.ts";
import { measureTitle } from "./measures.ts";
import { type ParameterName, type Parameters, parameterNames } from "./parameters.ts";
import type { CellResult, ExperimentResults } from "./results.ts";

/** A table for people: the parameters that vary, then the measures; `–` for what a mode does not have. */
export function resultsTable(results: ExperimentResults): string {
  const { experiment, cells, partial, version } = results;
  const { head: header, rows } = resultsCells(results);
  const words = new Set<string>(["mode", "position", "connection", "scheduler", "masqueradeAll", "seed"]);
  const widths = header.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i]!.length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) => (words.has(header[i]!) ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join("  ")
      .trimEnd();
  const state = partial ? `PARTIAL: ${results.results.length} of ${cells} cells` : `${cells} cells`;
  return [
    `${experiment.title}   (${experiment.name}, ${state}, ${seedText(experiment.seeds)}, kubenetsim ${version})`,
    "",
    line(header),
    ...rows.map(line),
    "",
    "All numbers are counts or exact odds; nothing here is a time.",
    "",
  ].join("\n");
}

/** What that table is made of. */
export function resultsCells(results: ExperimentResults): { readonly head: string[]; readonly rows: string[][] } {
  const { measures } = results.experiment;
  const columns = varying(results);
  const rows = results.results.map((result) => [
    ...columns.map((name) => cellText(name, result)),
    ...measures.map((name) => numberText(result.measured[name])),
  ]);
  return { head: [...columns, ...measures], rows };
}

/** Comma-separated values with a header (RFC 4180, but for lines that end in a line feed alone); empty for what a mode does not have. */
export function resultsCsv({ experiment, version, partial, results }: ExperimentResults): string {
  const header = ["experiment", "version", "partial", "seed", ...parameterNames, ...experiment.measures];
  const rows = results.map(({ seed, parameters, measured }) => [
    experiment.name,
    version,
    partial,
    seed,
    ...parameterNames.map((name) => parameters[name]),
    ...experiment.measures.map((name) => measured[name] ?? ""),
  ]);
  return [header, ...rows].map((row) => `${row.map(csvField).join(",")}\n`).join("");
}

function csvField(value: string | number | boolean): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * The plot of an experiment as SVG.
 *
 * @throws ParseError for one without a plot, or without any point above 0
 */
export function resultsChart(results: ExperimentResults): string {
  const { experiment, version, partial } = results;
  const { plot } = experiment;
  if (plot === undefined) throw new ParseError(`the experiment ${experiment.name} has no plot`);
  const series = linesOf(plot, results.results);
  if (!series.some(({ points }) => points.some(([x, y]) => x > 0 && y > 0))) {
    throw new ParseError(`the experiment ${experiment.name} has nothing above 0 to plot`);
  }
  return renderLogLogChart({
    title: experiment.title,
    description: `${measureTitle(plot.measure)}, by ${plot.over}; both axes logarithmic.`,
    xLabel: axisNames[plot.over],
    yLabel: measureTitle(plot.measure),
    series,
    footer: `${experiment.name}, ${seedText(experiment.seeds)}, kubenetsim ${version}${partial ? ", PARTIAL" : ""}`,
  });
}

const axisNames: Readonly<Record<Plot["over"], string>> = {
  services: "N: Services in the cluster",
  endpoints: "E: endpoints of each Service",
  churn: "Services that change between two syncs",
};

/** All but the line's and the axis's parameters are what they are in the first cell. */
function linesOf({ over, measure, lines }: Plot, results: readonly CellResult[]) {
  const first = results[0];
  if (first === undefined) return [];
  const fixed = parameterNames.filter((name) => name !== over && name !== lines);
  const drawn = results.filter(
    ({ parameters, seed }) => seed === first.seed && fixed.every((name) => parameters[name] === first.parameters[name]),
  );
  const names = [...new Set(drawn.map(({ parameters }) => String(parameters[lines])))];
  return names.map((name) => ({
    name,
    points: drawn
      .filter(({ parameters }) => String(parameters[lines]) === name)
      .map(({ parameters, measured }) => [parameters[over], measured[measure] ?? 0] as const)
      .sort((a, b) => a[0] - b[0]),
  }));
}

function varying({ experiment }: ExperimentResults): (ParameterName | "seed")[] {
  const names = parameterNames.filter((name) => (experiment.vary[name]?.length ?? 0) > 1);
  return experiment.seeds.length > 1 ? [...names, "seed"] : names;
}

function cellText(name: ParameterName | "seed", { parameters, seed }: CellResult): string {
  if (name === "seed") return seed;
  const value: Parameters[ParameterName] = parameters[name];
  return typeof value === "number" ? numberText(value) : String(value);
}

function numberText(value: number | undefined): string {
  if (value === undefined) return "–";
  return Number.isInteger(value) ? String(value).replace(/\B(?=(\d{3})+$)/g, ",") : value.toFixed(12);
}

function seedText(seeds: readonly string[]): string {
  return `${seeds.length === 1 ? "seed" : "seeds"} ${seeds.map((seed) => JSON.stringify(seed)).join(", ")}`;
}
