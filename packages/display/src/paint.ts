import type { Attributes } from "./svg.ts";

/** What the parts of a picture are, and so what they look like. */
export type Paint =
  | "paper"
  | "ink"
  | "faint"
  | "line"
  | "lane"
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
  box: { fill: "#161b22", stroke: "#8b949e" },
  rule: { fill: "#0c2742", stroke: "#79c0ff" },
  change: { fill: "#3a2c0a", stroke: "#e3b341" },
  good: { fill: "#10301b", stroke: "#56d364" },
  bad: { fill: "#401618", stroke: "#ff8a80" },
  badge: { fill: "#f0f6fc" },
  badgeText: { fill: "#0d1117" },
  chosen: { fill: "#79c0ff", stroke: "#f0f6fc" },
};

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

/** The style of a dark page, for what stands inside of the element with this id. */
export function darkStyle(id: string): string {
  const rules = Object.entries(dark).map(([paint, { fill, stroke }]) => {
    const strokes = stroke === undefined ? "" : `;stroke:${stroke}`;
    return `#${id} .${paint}{fill:${fill}${strokes}}`;
  });
  return `@media screen and (prefers-color-scheme:dark){${rules.join("")}}`;
}
