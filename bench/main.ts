import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { isNoisy, type Measure, type Result } from "./harness.ts";
import { measureGroups } from "./measures.ts";
import { type BenchRun, isMeasured, type Row } from "./report/bench-run.ts";
import { benchmarksPage } from "./report/benchmarks-page.ts";
import { thisMachine, versionsHere } from "./report/machine.ts";
import { TimeLeft } from "./report/time-left.ts";

const usage = `npm run bench -- [--only GROUP-OR-ID,…] [--json FILE] [--docs [--date TEXT]]
npm run bench -- --redraw

  --only  groups (${Object.keys(measureGroups).join(", ")}) or rows
  --json  machine, versions and all rows
  --docs  writes docs/benchmarks.md, its pictures and docs/benchmarks.json; rows that were not asked for stand there as not run
  --redraw  makes the page and its pictures anew from docs/benchmarks.json, without a run`;

interface Options {
  readonly only: ReadonlySet<string> | undefined;
  readonly json: string | undefined;
  readonly docs: boolean;
  readonly date: string | undefined;
  readonly redraw: boolean;
}

function readOptions(args: string[]): Options {
  try {
    const text = { type: "string" } as const;
    const flag = { type: "boolean" } as const;
    const { values } = parseArgs({ args, options: { only: text, json: text, date: text, docs: flag, redraw: flag } });
    const { only, json, date, docs = false, redraw = false } = values;
    return { only: only === undefined ? undefined : new Set(only.split(",")), json, docs, date, redraw };
  } catch (problem) {
    console.error(`${(problem as Error).message}\n\n${usage}`);
    process.exit(2);
  }
}

function print(result: Result): void {
  const number = (value: number) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3)).padStart(9);
  const spread = `${result.q1.toPrecision(3)}–${result.q3.toPrecision(3)}`;
  const verdict = result.mustHolds ? "ok  " : "MISS";
  const noisy = isNoisy(result) ? " noisy" : "";
  console.log(
    `${verdict} ${result.id.padEnd(4)} ${number(result.candidate)} ${number(result.reference)} ${result.unit.padEnd(14)}` +
      ` ratio ${number(result.ratio)} (${spread})${noisy} must ≤ ${result.must} aim ≤ ${result.aim}  ${result.name}`,
  );
  if (result.details !== undefined) console.log(`     ${result.details}`);
}

interface Chosen {
  readonly group: string;
  readonly measure: Measure;
  /** Asked for, by its own name or by that of its group. */
  readonly isChosen: boolean;
}

function allMeasures(only: ReadonlySet<string> | undefined): readonly Chosen[] {
  return Object.entries(measureGroups).flatMap(([group, measures]) =>
    measures.map((measure) => {
      const isChosen = only === undefined || only.has(group) || only.has(measure.id);
      return { group, measure, isChosen };
    }),
  );
}

/** What a measure comes to; one that throws is told of, and the others go on. */
function runOne(measure: Measure): ReturnType<Measure["run"]> {
  try {
    return measure.run(measure);
  } catch (problem) {
    console.error(problem);
    return { skipped: `failed: ${(problem as Error).message.split("\n")[0]}` };
  }
}

function rowOf({ group, measure }: Chosen, result: ReturnType<Measure["run"]>): Row {
  const { id, name, must, aim } = measure;
  if ("skipped" in result) return { group, id, name, must, aim, skipped: result.skipped };
  return { group, ...result, noisy: isNoisy(result) };
}

/** Runs what is asked for; `keep` is told of all rows that there are after each. */
function runAll(all: readonly Chosen[], keep: (rows: readonly Row[]) => void): readonly Row[] {
  const progress = new TimeLeft(all.filter(({ isChosen }) => isChosen).length);
  const rows: Row[] = [];
  for (const one of all) {
    if (!one.isChosen) {
      rows.push(rowOf(one, { skipped: notAsked }));
      continue;
    }
    progress.begin(one.measure.id);
    const row = rowOf(one, runOne(one.measure));
    progress.clear();
    rows.push(row);
    if (isMeasured(row)) print(row);
    else console.log(`skip ${row.id.padEnd(4)} ${row.name}: ${row.skipped}`);
    keep(rows);
  }
  return rows;
}

const notAsked = "not part of this run";
const options = readOptions(process.argv.slice(2));
const about = { machine: thisMachine(), versions: versionsHere(), ...(options.date && { date: options.date }) };
const textOf = (measures: readonly Row[]): string => `${JSON.stringify({ ...about, measures }, null, 2)}\n`;

const docs = (file: string): string => fileURLToPath(new URL(`../../docs/${file}`, import.meta.url));

function writePage(run: BenchRun): void {
  for (const [file, text] of Object.entries(benchmarksPage(run))) writeFileSync(docs(file), text);
}

if (options.redraw) {
  writePage(JSON.parse(readFileSync(docs("benchmarks.json"), "utf8")) as BenchRun);
  process.exit();
}
const rows = runAll(allMeasures(options.only), (measured) => {
  // What there is stays where a run is ended.
  if (options.json !== undefined) writeFileSync(options.json, textOf(measured));
});
if (options.docs) {
  writeFileSync(docs("benchmarks.json"), textOf(rows));
  writePage({ ...about, measures: rows });
}
const isGood = (row: Row): boolean =>
  isMeasured(row) ? row.mustHolds || row.noisy : !row.skipped.startsWith("failed: ");
process.exitCode = rows.every(isGood) ? 0 : 1;
