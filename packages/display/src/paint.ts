import type { Attributes } from "./svg.ts";

/** What the parts of a picture are, and so what they look like. */
export type Paint =
  | "paper"
  | "ink"
  | "faint"
  | "line"
  | "lane"
  | "grid"
  | "box"
  | "rule"
  | "change"
  | "good"
  | "bad"
  | "badge"
  | "badgeText"
  | "chosen";

interface Look {
  readonly fill: string;
  readonly stroke?: string;
  /** Of the stroke; together with the words they tell in black and white what colours tell. */
  readonly width?: number;
  readonly dashes?: string;
}

const light: Readonly<Record<Paint, Look>> = {
  paper: { fill: "#ffffff" },
  ink: { fill: "#1f2328" },
  faint: { fill: "#59636e" },
  line: { fill: "none", stroke: "#1f2328", width: 1.4 },
  lane: { fill: "none", stroke: "#9aa4ae", width: 1.2 },
  grid: { fill: "none", stroke: "#d8dee4", width: 1 },
  box: { fill: "#f6f8fa", stroke: "#59636e", width: 1 },
  rule: { fill: "#e7f3ff", stroke: "#0550ae", width: 1.2 },
  change: { fill: "#fff1c9", stroke: "#9a6700", width: 2.4 },
  good: { fill: "#dcf7e3", stroke: "#1a7f37", width: 1.6 },
  bad: { fill: "#ffe9e7", stroke: "#b3261e", width: 2.4, dashes: "7 3" },
  badge: { fill: "#1f2328" },
  badgeText: { fill: "#ffffff" },
  chosen: { fill: "#0550ae", stroke: "#1f2328", width: 1 },
};

const dark: Readonly<Record<Paint, Look>> = {
  paper: { fill: "#0d1117" },
  ink: { fill: "#f0f6fc" },
  faint: { fill: "#a3adb8" },
  line: { fill: "none", stroke: "#e6edf3" },
  lane: { fill: "none", stroke: "#59636e" },
  grid: { fill: "none", stroke: "#30363d" },
  box: { fill: "#161b22", stroke: "#8b949e" },
  rule: { fill: "#0c2742", stroke: "#79c0ff" },
  change: { fill: "#3a2c0a", stroke: "#e3b341" },
  good: { fill: "#10301b", stroke: "#56d364" },
  bad: { fill: "#401618", stroke: "#ff8a80" },
  badge: { fill: "#f0f6fc" },
  badgeText: { fill: "#0d1117" },
  chosen: { fill: "#79c0ff", stroke: "#f0f6fc" },
};

/** Of a chart's lines, on light and on dark pages; dashes and marks tell them apart too, which the chart chooses. */
const seriesColours: readonly (readonly [light: string, dark: string])[] = [
  ["#b3261e", "#ff8a80"],
  ["#0b57a4", "#82b1ff"],
  ["#2e7d32", "#a5d6a7"],
  ["#6a3d9a", "#d1b3ff"],
  ["#8a5a00", "#ffcc80"],
  ["#00696d", "#80deea"],
  ["#ad1457", "#f48fb1"],
  ["#455a64", "#b0bec5"],
];

/**
 * Attributes of a part: its colours of a light page, and the class by which a dark page gives it others. A reader that throws
 * styles away, as some do with notebooks, still has the light ones.
 */
export function painted(paint: Paint): Attributes {
  const { fill, stroke, width, dashes } = light[paint];
  return {
    class: paint,
    fill,
    ...(stroke !== undefined && { stroke }),
    ...(width !== undefined && { "stroke-width": width }),
    ...(dashes !== undefined && { "stroke-dasharray": dashes }),
  };
}

/** The same of a chart's line or its marks; the ninth line has the colour of the first. */
export function paintedSeries(index: number, part: "line" | "mark"): Attributes {
  const number = index % seriesColours.length;
  const [colour] = seriesColours[number]!;
  const name = `${part}${number}`;
  return part === "line" ? { class: name, fill: "none", stroke: colour } : { class: name, fill: colour };
}

/** The style of a dark page, for what stands inside of the element with this id: of those classes only that are there. */
export function darkStyle(id: string, content: string): string {
  const used = new Set([...content.matchAll(/ class="(\w+)"/g)].map(([, name]) => name!));
  const rules = darkRules()
    .filter(([name]) => used.has(name))
    .map(([name, rule]) => `#${id} .${name}{${rule}}`);
  return `@media screen and (prefers-color-scheme:dark){${rules.join("")}}`;
}

function darkRules(): [name: string, rule: string][] {
  const parts = Object.entries(dark).map(([name, { fill, stroke }]): [string, string] => [
    name,
    `fill:${fill}${stroke === undefined ? "" : `;stroke:${stroke}`}`,
  ]);
  const series = seriesColours.flatMap(([, colour], at): [string, string][] => [
    [`line${at}`, `stroke:${colour}`],
    [`mark${at}`, `fill:${colour}`],
  ]);
  return [...parts, ...series];
}
