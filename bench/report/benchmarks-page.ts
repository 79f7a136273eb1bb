import { type BenchRun, isGoal, isMeasured, type MeasuredRow, type Row } from "./bench-run.ts";
import { growthCharts } from "./growth-charts.ts";

/** docs/benchmarks.md and its pictures, from nothing but what `--json` has written: by name, the text of each. */
export function benchmarksPage(run: BenchRun): Readonly<Record<string, string>> {
  const charts = growthCharts(run);
  const pictures = Object.fromEntries(charts.map(({ file, svg }) => [file, svg]));
  return { "benchmarks.md": pageText(run, charts), ...pictures };
}

function pageText(run: BenchRun, charts: ReturnType<typeof growthCharts>): string {
  const goals = run.measures.filter(isGoal).sort((a, b) => Number(a.id) - Number(b.id));
  const growth = run.measures.filter(({ group }) => group === "growth");
  const others = run.measures.filter((row) => !isGoal(row) && row.group !== "growth");
  return [
    "# Benchmarks",
    "",
    "This page is written by `npm run bench -- --docs`, with its pictures and `benchmarks.json`; a test holds that nobody has changed it by",
    "hand. What the rows do is told in `bench/README.md`.",
    "",
    ...placeOf(run),
    "",
    "Candidate and reference take turns in one process, nine times or more; the ratio is the median of the pairs' ratios, and the",
    "quartiles are theirs. Times are CPU time. A row is noisy where the quartiles are further apart than a quarter of the median, those of",
    "a slope than 0.1. Only ratios and slopes are held to limits, never times: those depend on the machine and on what else it does.",
    "",
    "## Measures",
    "",
    ...table(
      ["#", "measure", "here", "reference", "unit", "ratio", "quartiles", "must", "aim", ""],
      goals.map((row) => ratioCells(row)),
    ),
    "",
    "## Growth",
    "",
    "The slope of the logarithm of a cost over that of the size, a line fitted over four sizes: 0 for a cost that stays, 1 for one in",
    "proportion. At most 0.15 for what shall stay, 1.15 for what shall be in proportion.",
    "",
    ...growthTable(growth),
    "",
    ...charts.flatMap(({ file, title }) => [`![${title}](${file})`, ""]),
    "## Other rows",
    "",
    ...table(
      ["row", "measure", "here", "reference", "unit", "ratio", "quartiles", "must", "aim", ""],
      others.map((row) => ratioCells(row)),
    ),
    "",
  ].join("\n");
}

function placeOf({ machine, versions, date }: BenchRun): string[] {
  const { processor, cores, memoryGiB, system } = machine;
  const names = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    `- Machine: ${processor}, ${cores} processors, ${memoryGiB} GiB, ${system}.`,
    `- Versions: ${names.join(", ")}.`,
    ...(date === undefined ? [] : [`- Date: ${date}.`]),
  ];
}

function ratioCells(row: Row): string[] {
  const { id, name, must, aim } = row;
  const limits = [plain(must), plain(aim)];
  if (!isMeasured(row)) return [id, name, "", "", "", "", "", ...limits, `not run: ${row.skipped}`];
  const { candidate, reference, unit, ratio, q1, q3, slope } = row;
  const slopeText = slope === undefined || row.growth !== undefined ? "" : `, slope ${slope.toFixed(2)}`;
  const spread = `${plain(q1)}–${plain(q3)}`;
  return [
    id,
    name,
    plain(candidate),
    plain(reference),
    unit,
    plain(ratio),
    spread,
    ...limits,
    verdict(row) + slopeText,
  ];
}

function growthTable(rows: readonly Row[]): string[] {
  const sizes = rows.filter(isMeasured)[0]?.growth?.costs.map(([size]) => plain(size)) ?? [];
  return table(
    ["row", "what", "of", "unit", ...sizes, "slope", "quartiles", "must", ""],
    rows.map((row) => {
      const name = row.name.replace(/^slope: /, "");
      if (!isMeasured(row) || row.growth === undefined) return [row.id, name];
      const { of, unit, costs } = row.growth;
      const spread = `${row.q1.toFixed(2)}–${row.q3.toFixed(2)}`;
      const cells = costs.map(([, cost]) => plain(cost));
      return [row.id, name, of, unit, ...cells, row.ratio.toFixed(2), spread, plain(row.must), verdict(row)];
    }),
  );
}

function verdict({ mustHolds, ratio, aim, noisy }: MeasuredRow): string {
  const held = mustHolds ? (ratio <= aim ? "aim reached" : "holds") : "missed";
  return noisy ? `${held}, noisy` : held;
}

/** As a formatter of Markdown would lay it out. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const lines = [head, ...rows];
  const columns = head.map((name, at) => {
    const width = Math.max(3, ...lines.map((cells) => [...(cells[at] ?? "")].length));
    return { at, width, toRight: isNumeric(name) };
  });
  const draw = (cells: readonly string[]): string => {
    const padded = columns.map(({ at, width, toRight }) => {
      const text = cells[at] ?? "";
      const blanks = " ".repeat(width - [...text].length);
      return toRight ? blanks + text : text + blanks;
    });
    return `| ${padded.join(" | ")} |`;
  };
  const rule = columns.map(({ width, toRight }) => (toRight ? `${"-".repeat(width - 1)}:` : "-".repeat(width)));
  return [draw(head), `| ${rule.join(" | ")} |`, ...rows.map(draw)];
}

function isNumeric(name: string): boolean {
  return ["here", "reference", "ratio", "must", "aim", "slope"].includes(name) || /^\d/.test(name);
}

/** Three digits that count, thousands apart. */
function plain(value: number): string {
  if (value === 0) return "0";
  const rounded = Number(value.toPrecision(3));
  return Math.abs(rounded) >= 1000 ? rounded.toFixed(0).replace(/\B(?=(\d{3})+$)/g, ",") : String(rounded);
}
