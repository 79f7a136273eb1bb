import type { CostConstantName } from "@kubenetsim/network/cost/constants";
import { missingText } from "@kubenetsim/network/cost/estimate-text";
import type { CostModel } from "@kubenetsim/network/cost/model";
import { type ParameterName, type Parameters, parameterNames, parameterWords } from "./parameters.ts";
import type { CellEstimate, CellResult, ExperimentResults } from "./results.ts";

/**
 * A table for people: the parameters that vary, then the measures, `–` for what a mode does not have; then a column for each cost model, `none` where it lacks a
 * constant, and below what is counted, what is estimated and by whom.
 */
export function resultsTable(results: ExperimentResults): string {
  const { experiment, cells, partial, version } = results;
  const { head: header, rows } = resultsCells(results);
  const widths = header.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i]!.length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) => (isWord(header[i]!) ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join("  ")
      .trimEnd();
  const state = partial ? `PARTIAL: ${results.results.length} of ${cells} cells` : `${cells} cells`;
  return [
    `${experiment.title}   (${experiment.name}, ${state}, ${seedText(experiment.seeds)}, kubenetsim ${version})`,
    "",
    line(header),
    ...rows.map(line),
    "",
    ...resultsNotes(results),
    "",
  ].join("\n");
}

/** What that table is made of. */
export function resultsCells(results: ExperimentResults): { readonly head: string[]; readonly rows: string[][] } {
  const { costModels = [], measures } = results.experiment;
  const columns = varying(results);
  const rows = results.results.map((result) => [
    ...columns.map((name) => cellText(name, result)),
    ...measures.map((name) => numberText(result.measured[name])),
    ...costModels.map(({ name }) => estimateCell(result.estimated?.[name])),
  ]);
  return { head: [...columns, ...measures, ...costModels.map((_, i) => `≈ns[${i + 1}]`)], rows };
}

/** What is counted, what is estimated and by which models. */
export function resultsNotes({ experiment: { costModels = [] }, results }: ExperimentResults): string[] {
  if (costModels.length === 0) return ["All numbers are counts or exact odds; nothing here is a time."];
  return [
    "Columns ≈ns are estimates of a packet's time in nanoseconds: its counts times the constants of a cost model, in brackets what the ends of the constants'",
    "ranges make of it; good for ratios, rough as times. All other numbers are counts or exact odds.",
    ...costModels.map((model, i) => `[${i + 1}] ${modelText(model)}`),
    ...costModels.flatMap((model) => {
      const missing = results.flatMap(({ estimated }) => missingFrom(estimated?.[model.name]));
      return missing.length === 0 ? [] : [`none: ${missingText(model, [...new Set(missing)])}`];
    }),
  ];
}

function missingFrom(estimate: CellEstimate | undefined): readonly CostConstantName[] {
  return estimate !== undefined && "missing" in estimate ? estimate.missing : [];
}

/** `linux-6.1-uml: Linux 6.1.176 …; 2026-11-23; measured by …`. */
export function modelText({ name, kernel, date, source }: CostModel): string {
  return `${name}: ${kernel}; ${date}; ${source}`;
}

/** Comma-separated values with a header (RFC 4180, but for lines that end in a line feed alone); empty for what a mode does not have. */
export function resultsCsv({ experiment, version, partial, results }: ExperimentResults): string {
  const { costModels = [], measures } = experiment;
  const estimateNames = costModels.flatMap(({ name }) =>
    ["Ns", "LowNs", "HighNs"].map((end) => `estimate${end}:${name}`),
  );
  const header = ["experiment", "version", "partial", "seed", ...parameterNames, ...measures, ...estimateNames];
  const rows = results.map(({ seed, parameters, measured, estimated }) => [
    experiment.name,
    version,
    partial,
    seed,
    ...parameterNames.map((name) => parameters[name]),
    ...measures.map((name) => measured[name] ?? ""),
    ...costModels.flatMap(({ name }) => estimateFields(estimated?.[name])),
  ]);
  return [header, ...rows].map((row) => `${row.map(csvField).join(",")}\n`).join("");
}

function estimateFields(estimate: CellEstimate | undefined): (string | number)[] {
  if (estimate === undefined || "missing" in estimate) return ["", "", ""];
  return [estimate.ns, estimate.lowNs, estimate.highNs].map(rounded);
}

/** Sums of decimal constants, without the noise of binary ones. */
function rounded(ns: number): number {
  return Math.round(ns * 1e6) / 1e6;
}

function csvField(value: string | number | boolean): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function varying({ experiment }: ExperimentResults): (ParameterName | "seed")[] {
  const names = parameterNames.filter((name) => (experiment.vary[name]?.length ?? 0) > 1);
  return experiment.seeds.length > 1 ? [...names, "seed"] : names;
}

function isWord(column: string): boolean {
  return column === "seed" || column === "masqueradeAll" || parameterWords[column as ParameterName] !== undefined;
}

function cellText(name: ParameterName | "seed", { parameters, seed }: CellResult): string {
  if (name === "seed") return seed;
  const value: Parameters[ParameterName] = parameters[name];
  return typeof value === "number" ? numberText(value) : String(value);
}

function estimateCell(estimate: CellEstimate | undefined): string {
  if (estimate === undefined || "missing" in estimate) return "none";
  const [ns, low, high] = [estimate.ns, estimate.lowNs, estimate.highNs].map((time) => numberText(Math.round(time)));
  return `${ns} (${low}–${high})`;
}

function numberText(value: number | undefined): string {
  if (value === undefined) return "–";
  return Number.isInteger(value) ? String(value).replace(/\B(?=(\d{3})+$)/g, ",") : value.toFixed(12);
}

export function seedText(seeds: readonly string[]): string {
  return `${seeds.length === 1 ? "seed" : "seeds"} ${seeds.map((seed) => JSON.stringify(seed)).join(", ")}`;
}
