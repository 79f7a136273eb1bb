import { painted, paintedSeries } from "@kubenetsim/display/paint";
import { picture } from "@kubenetsim/display/picture";
import { element, textElement } from "@kubenetsim/display/svg";
import { shorten } from "@kubenetsim/display/text-size";
import { type LogScale, logScale } from "./log-scale.ts";

/** Lines over two logarithmic axes. Points with a value that is not positive are left out, and lines of nothing else. */
export interface LogLogChart {
  readonly title: string;
  /** For readers who cannot see the picture. */
  readonly description: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly series: readonly Series[];
  /** Lines below the picture: where the numbers are from. */
  readonly footer?: readonly string[];
}

export interface Series {
  readonly name: string;
  /** An estimate has its lowest and highest value with it, which are drawn as a bar. */
  readonly points: readonly (readonly [x: number, y: number, spread?: readonly [low: number, high: number]])[];
}

const size = { width: 800, height: 460, left: 100, right: 210, top: 62, bottom: 66 };
const footerLine = 14;
/** Of a line in the footer. */
const mostCharacters = 125;
/** Of the title, in the picture and before it for those who cannot see it. */
const mostOfTitle = 70;
/** Of the sample of a line before its name. */
const sampleWidth = 26;
/** Between the names of lines. */
const apart = 16;
/** Each line has its own dashes and marks, so that they are told apart without colours. */
const dashes = ["none", "9 4", "3 3", "12 3 3 3", "1 4", "16 5", "8 3 2 3 2 3", "5 6"];
const lineCount = dashes.length;
/** The chart as one SVG file. The same chart gives the same bytes. */
export function renderLogLogChart(given: LogLogChart): string {
  const chart = {
    ...given,
    series: given.series.map(positive).filter(({ points }) => points.length > 0),
    footer: (given.footer ?? []).flatMap(wrapped),
  };
  const points = chart.series.flatMap((series) => series.points);
  const frame = frameOf(chart);
  const x = logScale(
    points.map((point) => point[0]),
    size.left,
    size.width - size.right,
  );
  const y = logScale(
    points.flatMap(([, value, spread = []]) => [value, ...spread]),
    frame.bottom,
    size.top,
  );
  const labels = labelHeights(
    chart.series.map(({ points }) => y.pixel(points.at(-1)![1])),
    frame.bottom,
  );
  const count = chart.series.length;
  const lines = chart.series.map((series, i) =>
    drawSeries(series, i, { x, y, label: labels[i]!, width: strokeWidth(i, count) }),
  );
  const title = shorten(chart.title, mostOfTitle);
  const about = { width: size.width, height: frame.height, title, description: chart.description };
  return picture(about, [
    textElement(title, { x: size.left, y: 32, "font-size": 17, "font-weight": 600, ...painted("ink") }),
    ...drawAxes(chart, { x, y, frame }),
    ...lines,
    ...drawFooter(chart.footer, frame),
  ]);
}

interface Frame {
  /** Of the whole picture. */
  readonly height: number;
  /** Of the axes. */
  readonly bottom: number;
}

/** As high as the names of the lines and the footer need it. */
function frameOf({ series, footer = [] }: LogLogChart): Frame {
  const bottom = Math.max(size.height - size.bottom, size.top + apart * series.length);
  return { bottom, height: bottom + size.bottom + footerLine * Math.max(0, footer.length - 1) };
}

function drawFooter(lines: readonly string[], { height }: Frame): string[] {
  return lines.map((line, i) => {
    const y = height - 4 - footerLine * (lines.length - 1 - i);
    return textElement(line, { x: size.width - 8, y, "font-size": 10, "text-anchor": "end", ...painted("faint") });
  });
}

/** In lines that fit into the picture. */
function wrapped(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const line = lines.at(-1);
    if (line === undefined || line.length + 1 + word.length > mostCharacters) lines.push(word);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines;
}

function positive({ name, points }: Series): Series {
  return {
    name,
    points: points
      .filter(([x, y]) => x > 0 && y > 0)
      .map(([x, y, spread]) => (spread === undefined || spread[0] <= 0 ? [x, y] : [x, y, spread])),
  };
}

/** Names of lines that end at the same height are moved apart, and up again where that leads below the axes. */
function labelHeights(wanted: readonly number[], bottom: number): number[] {
  const heights = [...wanted];
  const order = [...wanted.keys()].sort((a, b) => wanted[a]! - wanted[b]!);
  let last = Number.NEGATIVE_INFINITY;
  for (const i of order) {
    last = Math.max(wanted[i]!, last + apart);
    heights[i] = last;
  }
  let lowest = bottom;
  for (const i of order.reverse()) {
    heights[i] = Math.min(heights[i]!, lowest);
    lowest = heights[i]! - apart;
  }
  return heights;
}

interface Axes {
  readonly x: LogScale;
  readonly y: LogScale;
  readonly frame: Frame;
}

function drawAxes(chart: LogLogChart, { x, y, frame }: Axes): string[] {
  const { bottom } = frame;
  const right = size.width - size.right;
  const middleY = (size.top + bottom) / 2;
  const grid = painted("grid");
  const label = painted("faint");
  return [
    ...x.decades.flatMap((value) => [
      element("line", { x1: x.pixel(value), x2: x.pixel(value), y1: size.top, y2: bottom, ...grid }),
      textElement(grouped(value), { x: x.pixel(value), y: bottom + 20, "text-anchor": "middle", ...label }),
    ]),
    ...y.decades.flatMap((value) => [
      element("line", { x1: size.left, x2: right, y1: y.pixel(value), y2: y.pixel(value), ...grid }),
      textElement(grouped(value), { x: size.left - 8, y: y.pixel(value) + 4, "text-anchor": "end", ...label }),
    ]),
    textElement(chart.xLabel, { x: (size.left + right) / 2, y: bottom + 42, "text-anchor": "middle", ...label }),
    textElement(chart.yLabel, { transform: `translate(18 ${middleY}) rotate(-90)`, "text-anchor": "middle", ...label }),
  ];
}

interface Place {
  readonly x: LogScale;
  readonly y: LogScale;
  /** Height of the line's name. */
  readonly label: number;
  /** Of the line. */
  readonly width: number;
}

/** Of lines that lie upon each other the first ones look out below the later ones. */
function strokeWidth(index: number, count: number): number {
  return Math.min(4.5, 2 + 0.5 * (count - 1 - index));
}

function drawSeries(series: Series, index: number, { x, y, label, width }: Place): string {
  const kind = index % lineCount;
  // The ninth line has the colour and dashes of the first, and other marks.
  const shape = (index + Math.floor(index / lineCount)) % lineCount;
  const placed = series.points.map(([px, py]) => [x.pixel(px), y.pixel(py)] as const);
  const path = placed.map(([px, py], i) => `${i === 0 ? "M" : "L"}${tenth(px)} ${tenth(py)}`).join("");
  const name = `${series.name} ${grouped(series.points.at(-1)![1])}`;
  const line = { ...paintedSeries(kind, "line"), "stroke-width": width, "stroke-dasharray": dashes[kind]! };
  const sampleX = size.width - size.right + 12;
  return [
    element("path", { d: path, ...line }),
    ...series.points.flatMap(([px, , spread]) =>
      spread === undefined ? [] : [drawSpread(kind, x.pixel(px), spread.map(y.pixel))],
    ),
    ...placed.map(([px, py]) => drawMark({ kind, shape }, px, py)),
    element("path", { d: `M${tenth(sampleX)} ${tenth(label)}h${sampleWidth}`, ...line, "stroke-width": 2 }),
    drawMark({ kind, shape }, sampleX + sampleWidth / 2, label),
    textElement(name, {
      x: sampleX + sampleWidth + 6,
      y: label + 5,
      "font-weight": 600,
      ...paintedSeries(kind, "mark"),
    }),
  ].join("\n");
}

interface Mark {
  readonly kind: number;
  readonly shape: number;
}

/** Corners of marks around their middle. */
const polygons = [
  [-3.5, -3.5, 3.5, -3.5, 3.5, 3.5, -3.5, 3.5],
  [0, -5, 5, 4, -5, 4],
  [0, -5, 5, 0, 0, 5, -5, 0],
  [0, 5, 5, -4, -5, -4],
  [-1.5, -5, 1.5, -5, 1.5, -1.5, 5, -1.5, 5, 1.5, 1.5, 1.5, 1.5, 5, -1.5, 5, -1.5, 1.5, -5, 1.5, -5, -1.5, -1.5, -1.5],
  [-4.5, -2.5, -2.5, -4.5, 0, -2, 2.5, -4.5, 4.5, -2.5, 2, 0, 4.5, 2.5, 2.5, 4.5, 0, 2, -2.5, 4.5, -4.5, 2.5, -2, 0],
  [0, -5.5, 1.5, -1.8, 5.3, -1.7, 2.3, 0.8, 3.3, 4.6, 0, 2.4, -3.3, 4.6, -2.3, 0.8, -5.3, -1.7, -1.5, -1.8],
];

function drawMark({ kind, shape }: Mark, x: number, y: number): string {
  const mark = paintedSeries(kind, "mark");
  const corners = polygons[shape - 1];
  if (corners === undefined) return element("circle", { cx: x, cy: y, r: 4, ...mark });
  const points = corners.map((corner, i) => tenth((i % 2 === 0 ? x : y) + corner)).join(" ");
  return element("polygon", { points, ...mark });
}

/** A bar from the lowest to the highest value. */
function drawSpread(kind: number, x: number, [low, high]: readonly number[]): string {
  const d = `M${tenth(x - 5)} ${tenth(low!)}h10M${tenth(x)} ${tenth(low!)}V${tenth(high!)}M${tenth(x - 5)} ${tenth(high!)}h10`;
  return element("path", { d, ...paintedSeries(kind, "line"), "stroke-width": 1.2, "stroke-opacity": 0.7 });
}

/** 50000 as `50,000`, and small decades as they are. */
function grouped(value: number): string {
  if (value < 1) return String(Number(value.toPrecision(4)));
  return String(value >= 1000 ? Math.round(value) : Math.round(value * 10) / 10).replace(/\B(?=(\d{3})+$)/g, ",");
}

function tenth(value: number): string {
  return String(Math.round(value * 10) / 10);
}
