import { element, escapeText, textElement } from "@kubenetsim/display/svg";
import { type LogScale, logScale } from "./log-scale.ts";

/** Lines over two logarithmic axes. Points with a value that is not positive are left out, and lines of nothing else. */
export interface LogLogChart {
  readonly title: string;
  /** For readers who cannot see the picture. */
  readonly description: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly series: readonly Series[];
  /** Below the picture: where the numbers are from. */
  readonly footer?: string;
}

export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

const size = { width: 760, height: 460, left: 76, right: 150, top: 62, bottom: 62 };
const font = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif";
/** Each line has its own dashes and marks, so that they are told apart without colours. */
const lineCount = 4;
const dashes = ["none", "9 4", "3 3", "12 3 3 3"];
const style = [
  ".paper{fill:#fff}.title{fill:#1f1f1f}.label{fill:#444}.grid{stroke:#ddd}",
  ...lineColours(["#b3261e", "#0b57a4", "#2e7d32", "#6a3d9a"]),
  "@media (prefers-color-scheme:dark){.paper{fill:#1b1b1f}.title{fill:#eee}.label{fill:#bbb}.grid{stroke:#444}",
  ...lineColours(["#ff8a80", "#82b1ff", "#a5d6a7", "#d1b3ff"]),
  "}",
].join("");

function lineColours(colours: readonly string[]): string[] {
  return colours.map((colour, i) => `.line${i}{stroke:${colour}}.mark${i}{fill:${colour}}`);
}

/** The chart as one SVG file. The same chart gives the same bytes. */
export function renderLogLogChart(given: LogLogChart): string {
  const chart = { ...given, series: given.series.map(positive).filter(({ points }) => points.length > 0) };
  const points = chart.series.flatMap((series) => series.points);
  const x = logScale(
    points.map((point) => point[0]),
    size.left,
    size.width - size.right,
  );
  const y = logScale(
    points.map((point) => point[1]),
    size.height - size.bottom,
    size.top,
  );
  const labels = labelHeights(chart.series.map(({ points }) => y.pixel(points.at(-1)![1])));
  const lines = chart.series.map((series, i) => drawSeries(series, i, { x, y, label: labels[i]! }));
  return `${element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      viewBox: `0 0 ${size.width} ${size.height}`,
      role: "img",
      "aria-labelledby": "title description",
      "font-family": font,
      "font-size": 13,
    },
    `\n${element("title", { id: "title" }, escapeText(chart.title))}\n`,
    `${element("desc", { id: "description" }, escapeText(chart.description))}\n`,
    `${element("style", {}, style)}\n`,
    `${element("rect", { width: size.width, height: size.height, class: "paper" })}\n`,
    `${textElement(chart.title, { x: size.left, y: 32, "font-size": 17, "font-weight": 600, class: "title" })}\n`,
    ...drawAxes(chart, x, y),
    ...lines,
    ...(chart.footer === undefined
      ? []
      : [
          `${textElement(chart.footer, { x: size.width - 8, y: size.height - 4, "font-size": 10, "text-anchor": "end", class: "label" })}\n`,
        ]),
  )}\n`;
}

function positive({ name, points }: Series): Series {
  return { name, points: points.filter(([x, y]) => x > 0 && y > 0) };
}

/** Names of lines that end at the same height are moved apart. */
function labelHeights(wanted: readonly number[]): number[] {
  const apart = 16;
  const heights = [...wanted];
  let last = Number.NEGATIVE_INFINITY;
  for (const i of [...wanted.keys()].sort((a, b) => wanted[a]! - wanted[b]!)) {
    last = Math.max(wanted[i]!, last + apart);
    heights[i] = last;
  }
  return heights;
}

function drawAxes(chart: LogLogChart, x: LogScale, y: LogScale): string[] {
  const bottom = size.height - size.bottom;
  const right = size.width - size.right;
  const middleY = (size.top + bottom) / 2;
  const grid = { class: "grid", "stroke-width": 1 };
  const label = { class: "label" };
  return [
    ...x.decades.flatMap((value) => [
      `${element("line", { x1: x.pixel(value), x2: x.pixel(value), y1: size.top, y2: bottom, ...grid })}\n`,
      `${textElement(grouped(value), { x: x.pixel(value), y: bottom + 20, "text-anchor": "middle", ...label })}\n`,
    ]),
    ...y.decades.flatMap((value) => [
      `${element("line", { x1: size.left, x2: right, y1: y.pixel(value), y2: y.pixel(value), ...grid })}\n`,
      `${textElement(grouped(value), { x: size.left - 8, y: y.pixel(value) + 4, "text-anchor": "end", ...label })}\n`,
    ]),
    `${textElement(chart.xLabel, { x: (size.left + right) / 2, y: size.height - 16, "text-anchor": "middle", ...label })}\n`,
    `${textElement(chart.yLabel, { transform: `translate(18 ${middleY}) rotate(-90)`, "text-anchor": "middle", ...label })}\n`,
  ];
}

interface Place {
  readonly x: LogScale;
  readonly y: LogScale;
  /** Height of the line's name. */
  readonly label: number;
}

function drawSeries(series: Series, index: number, { x, y, label }: Place): string {
  const kind = index % lineCount;
  // The fifth line has the colour and dashes of the first, and other marks.
  const shape = (index + Math.floor(index / lineCount)) % lineCount;
  const placed = series.points.map(([px, py]) => [x.pixel(px), y.pixel(py)] as const);
  const path = placed.map(([px, py], i) => `${i === 0 ? "M" : "L"}${tenth(px)} ${tenth(py)}`).join("");
  const [lastX] = placed.at(-1)!;
  const name = `${series.name} ${grouped(series.points.at(-1)![1])}`;
  return [
    element("path", {
      d: path,
      fill: "none",
      class: `line${kind}`,
      "stroke-width": 2.5,
      "stroke-dasharray": dashes[kind]!,
    }),
    ...placed.map(([px, py]) => drawMark({ kind, shape }, px, py)),
    textElement(name, { x: lastX + 12, y: label + 5, class: `mark${kind}`, "font-weight": 600 }),
  ]
    .map((line) => `${line}\n`)
    .join("");
}

interface Mark {
  readonly kind: number;
  readonly shape: number;
}

function drawMark({ kind, shape }: Mark, x: number, y: number): string {
  const mark = { class: `mark${kind}` };
  if (shape === 0) return element("circle", { cx: x, cy: y, r: 4, ...mark });
  if (shape === 1) return element("rect", { x: x - 3.5, y: y - 3.5, width: 7, height: 7, ...mark });
  const corners = shape === 2 ? [0, -5, 5, 4, -5, 4] : [0, -5, 5, 0, 0, 5, -5, 0];
  const points = corners.map((corner, i) => tenth((i % 2 === 0 ? x : y) + corner)).join(" ");
  return element("polygon", { points, ...mark });
}

/** 50000 as `50,000`, and small decades as they are. */
function grouped(value: number): string {
  return value < 1 ? String(Number(value.toPrecision(4))) : String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}

function tenth(value: number): string {
  return String(Math.round(value * 10) / 10);
}
