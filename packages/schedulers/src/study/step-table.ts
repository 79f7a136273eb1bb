import { formatEndpoint } from "../address.ts";
import type { Step } from "../balance.ts";
import { letterOf } from "../servers.ts";
import { askedOf, everyServer, type StepOptions, type StepRow, viewSteps } from "./step-rows.ts";
import { longest } from "./text-width.ts";

/**
 * Steps as a table of text: what happened, who was picked, how many servers were looked at for it, and the state after.
 * What stays the same stands once above the table; so do the servers with their letters.
 *
 * @example
 * const lesson = new Balance(rr, ["10.244.0.2:8080", "10.244.0.3:8080"]);
 * lesson.open();
 * console.log(stepTable(lesson.steps));
 */
export function stepTable(steps: readonly Step[], options: StepOptions = {}): string {
  const { rows, shown, names, constant } = viewSteps(steps, options);
  const head = ["#", "event", ...askedOf(shown), "pick", "examined", ...names];
  const body = rows.map((row, at) => [
    String(at + (options.first ?? 0)),
    row.event,
    ...askedOf(shown).map((field) => row.asked[field]!),
    row.pick,
    row.examined,
    ...names.map((name) => row.columns[name] ?? "-"),
  ]);
  return [...legend(steps), ...constantLine(rows, constant), alignColumns([head, ...body])].join("\n");
}

function legend(steps: readonly Step[]): string[] {
  return everyServer(steps).map(
    ({ id, address, port, weight }) => `${letterOf(id)} = ${formatEndpoint(address, port)} weight ${weight}`,
  );
}

function constantLine(rows: readonly StepRow[], names: readonly string[]): string[] {
  if (names.length === 0) return [];
  return [`throughout: ${names.map((name) => `${name} ${rows[0]!.columns[name]}`).join(", ")}`];
}

/** Columns two spaces apart, as wide as their widest cell. */
export function alignColumns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => longest(rows.map((row) => row[column]!)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
