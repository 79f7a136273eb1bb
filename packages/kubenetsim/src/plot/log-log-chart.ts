import { type LogScale, logScale } from "./log-scale.ts";
import { element, escapeText, textElement } from "./svg.ts";

/** Lines over two logarithmic axes. All values must be positive. */
export interface LogLogChart {
  readonly title: string;
  /** For readers who cannot see the picture. */
  readonly description: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly series: readonly Series[];
}

export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

const size = { width: 760, height: 460, left: 76, right: 150, top: 62, bottom: 62 };
const font = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif";
/** Told apart by lightness too, and by the shape of their points. */
const colours = ["#b3261e", "#0b57a4", "#2e7d32", "#6a3d9a"];

/** The chart as one SVG file. The same chart gives the same bytes. */
export function renderLogLogChart(chart: LogLogChart): string {
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
  const lines = chart.series.map((series, i) => drawSeries(series, i, x, y));
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
    `${element("rect", { width: size.width, height: size.height, fill: "#ffffff" })}\n`,
    `${textElement(chart.title, { x: size.left, y: 32, "font-size": 17, "font-weight": 600, fill: "#1f1f1f" })}\n`,
    ...drawAxes(chart, x, y),
    ...lines,
  )}\n`;
}

function drawAxes(chart: LogLogChart, x: LogScale, y: LogScale): string[] {
  const bottom = size.height - size.bottom;
  const right = size.width - size.right;
  const middleY = (size.top + bottom) / 2;
  const grid = { stroke: "#dddddd", "stroke-width": 1 };
  const label = { fill: "#444444" };
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

function drawSeries(series: Series, index: number, x: LogScale, y: LogScale): string {
  const colour = colours[index % colours.length]!;
  const placed = series.points.map(([px, py]) => [x.pixel(px), y.pixel(py)] as const);
  const path = placed.map(([px, py], i) => `${i === 0 ? "M" : "L"}${tenth(px)} ${tenth(py)}`).join("");
  const marks = placed.map(([px, py]) => drawMark(index, px, py, colour));
  const last = series.points.at(-1)!;
  const [lastX, lastY] = placed.at(-1)!;
  return [
    `${element("path", { d: path, fill: "none", stroke: colour, "stroke-width": 2.5 })}\n`,
    ...marks.map((mark) => `${mark}\n`),
    `${textElement(`${series.name} ${grouped(last[1])}`, { x: lastX + 12, y: lastY + 5, fill: colour, "font-weight": 600 })}\n`,
  ].join("");
}

function drawMark(index: number, x: number, y: number, fill: string): string {
  return index % 2 === 0
    ? element("circle", { cx: x, cy: y, r: 4, fill })
    : element("rect", { x: x - 3.5, y: y - 3.5, width: 7, height: 7, fill });
}

/** 50000 as `50,000`, and small decades as they are. */
function grouped(value: number): string {
  return value < 1 ? String(value) : String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}

function tenth(value: number): string {
  return String(Math.round(value * 10) / 10);
}
