import { painted } from "@kubenetsim/display/paint";
import { picture } from "@kubenetsim/display/picture";
import { element, textElement } from "@kubenetsim/display/svg";
import { textWidth } from "@kubenetsim/display/text-size";
import { formatEndpoint } from "../address.ts";
import type { Step } from "../balance.ts";
import { letterOf } from "../servers.ts";
import { label as drawLabel, middle as drawMiddle, inMono, upright } from "./drawn-text.ts";
import { askedOf, everyServer, type Shown, type StepOptions, type StepRow, viewSteps } from "./step-rows.ts";
import { drawTables } from "./table-drawing.ts";
import { longest } from "./text-width.ts";

const rowHeight = 28;
const top = 84;
const characterWidth = 7.3;

/**
 * Steps as a drawing, a plain string of SVG for light and dark pages: time runs to the right, every server has a line, the
 * chosen one's letter (with connections their number) stands in a box. Below are the state's values after each step, and
 * a table's places where the state has one. Letters carry all that colours do.
 *
 * @example
 * const picture = stepSvg(lesson.steps, { title: "wrr, weights 1, 2 and 3" });
 */
export function stepSvg(steps: readonly Step[], options: StepOptions & { readonly title: string }): string {
  const { rows, shown, names } = viewSteps(steps, options);
  const { first = 0 } = options;
  const servers = everyServer(steps);
  const letters = new Set(servers.map(({ id }) => letterOf(id)));
  // Connections stand on the servers' lines.
  const lines = [...askedOf(shown), ...names.filter((name) => !letters.has(name))];
  const labels = servers.map(serverLabel);
  const left = Math.ceil(32 + longest([...labels, ...lines]) * characterWidth);
  const layout = layOutColumns(
    rows,
    lines.filter((line) => !isTurned(rows, line)),
    left,
  );
  const serverTop = top;
  const valueTop = serverTop + servers.length * rowHeight + 10;
  const lineTops = lines.map((_, at) => sum(lines.slice(0, at).map((line) => lineHeight(rows, line))));
  const bottom = valueTop + sum(lines.map((line) => lineHeight(rows, line)));
  const body = [
    ...servers.map((server, at) => drawServer(server.id, labels[at]!, rows, layout, serverTop + at * rowHeight, shown)),
    ...rows.map((row, at) => drawHead({ row, at, number: at + first }, layout, serverTop, servers.length)),
    ...lines.map((line, at) => drawValues(line, rows, layout, valueTop + lineTops[at]!)),
  ];
  const tables = drawTables(rows, first, 16, bottom + 14);
  const title = textElement(options.title, { x: 16, y: 24, "font-size": 15, "font-weight": 700, ...painted("ink") });
  const legend = shown.includes("connections")
    ? "numbers: connections after the step, active+inactive; in a box: chosen"
    : "in a box: chosen";
  const caption = textElement(legend, { x: 16, y: 50, ...painted("faint") });
  const width = Math.max(
    layout.width,
    tables.width,
    32 + Math.ceil(textWidth(options.title, { size: 15, font: "bold" })),
    Math.ceil(32 + legend.length * characterWidth),
  );
  const about = { width, height: tables.bottom + 12, title: options.title, description: describe(rows, first) };
  return picture(about, [title, inMono([caption, ...body, ...tables.parts])]);
}

interface Layout {
  readonly centers: readonly number[];
  readonly widths: readonly number[];
  readonly width: number;
}

function layOutColumns(rows: readonly StepRow[], lines: readonly string[], left: number): Layout {
  const widths = rows.map((row) => {
    const widest = longest(lines.map((line) => shownValue(row, line)));
    return Math.max(34, Math.ceil(widest * characterWidth + 12));
  });
  let x = left;
  const centers = widths.map((width) => {
    x += width;
    return x - width / 2;
  });
  return { centers, widths, width: x + 16 };
}

function serverLabel({ id, address, port, weight }: Step["servers"][number]): string {
  return `${letterOf(id)}  ${formatEndpoint(address, port)}  weight ${weight}`;
}

function shownValue(row: StepRow, line: string): string {
  return row.asked[line] ?? row.columns[line] ?? "";
}

function drawServer(
  id: number,
  label: string,
  rows: readonly StepRow[],
  { centers, width }: Layout,
  y: number,
  shown: readonly Shown[],
): string {
  const letter = letterOf(id);
  const middle = y + rowHeight / 2;
  const line = element("line", { x1: 16, x2: width - 16, y1: y + rowHeight, y2: y + rowHeight, ...painted("lane") });
  const cells = rows.map((row, at) => {
    if (!row.servers.some((server) => server.id === id)) return "";
    const content = shown.includes("connections") ? row.columns[letter]! : row.pick === letter ? letter : "·";
    const chosen = row.pick === letter;
    const size = Math.max(22, content.length * 8 + 8);
    const box = chosen
      ? element("rect", { x: centers[at]! - size / 2, y: y + 3, width: size, height: 22, rx: 4, ...painted("chosen") })
      : "";
    return box + drawMiddle(centers[at]!, middle + 4, content, chosen ? "badgeText" : "faint", chosen);
  });
  return line + textElement(label, { x: 16, y: middle + 4, ...painted("ink") }) + cells.join("");
}

interface Head {
  readonly row: StepRow;
  readonly at: number;
  readonly number: number;
}

/** The step's number, or, turned over the servers' lines, what happened instead of a choice. */
function drawHead(head: Head, { centers, widths }: Layout, y: number, servers: number): string {
  const { row, at } = head;
  const x = centers[at]!;
  const number = drawMiddle(x, y - 10, String(head.number), "faint");
  if (row.event === "open") return row.pick === "none" ? number + drawMiddle(x, y - 24, "none", "ink") : number;
  const height = servers * rowHeight;
  const width = widths[at]!;
  const band = element("rect", {
    x: x - width / 2 + 2,
    y,
    width: width - 4,
    height,
    ...painted("change"),
    "stroke-width": 1,
    "stroke-dasharray": "3 2",
  });
  return number + band + upright(x, y + height / 2, row.event);
}

function drawValues(line: string, rows: readonly StepRow[], { centers }: Layout, y: number): string {
  const middle = y + lineHeight(rows, line) / 2;
  const label = drawLabel(16, middle + 4, line);
  const turned = isTurned(rows, line);
  const values = rows.map((row, at) => {
    const [x, value] = [centers[at]!, shownValue(row, line)];
    if (!turned || value === "") return drawMiddle(x, middle + 4, value, "ink");
    return upright(x, middle, value);
  });
  return label + values.join("");
}

function longestOf(rows: readonly StepRow[], line: string): number {
  return longest(rows.map((row) => shownValue(row, line)));
}

/** Addresses and keys stand upright, or else the columns would be too wide. */
function isTurned(rows: readonly StepRow[], line: string): boolean {
  return longestOf(rows, line) > 7;
}

function lineHeight(rows: readonly StepRow[], line: string): number {
  return isTurned(rows, line) ? Math.ceil(longestOf(rows, line) * characterWidth) + 12 : rowHeight;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function describe(rows: readonly StepRow[], first: number): string {
  return rows.map(({ event, pick }, at) => `${at + first} ${event}${pick === "" ? "" : `: ${pick}`}`).join(", ");
}
