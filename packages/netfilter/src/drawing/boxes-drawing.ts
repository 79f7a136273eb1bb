import { painted } from "@kubenetsim/display/paint";
import { picture } from "@kubenetsim/display/picture";
import { element, textElement } from "@kubenetsim/display/svg";
import { columns, monoFont, shorten, shortenMiddle, textWidth, wrap } from "@kubenetsim/display/text-size";
import { layOut, type PlacedBox } from "./boxes-layout.ts";
import type { RuleGroup, RuleLine } from "./rule-boxes.ts";

const width = 980;
const margin = 20;
const indent = 30;
const lineHeight = 16;
const headHeight = 22;
const mono = { size: 11.5, font: "mono" } as const;

/**
 * Chains, maps and virtual servers as a picture (SVG): a chain that a rule jumps to stands below the one of the rule, once. At
 * most 40 boxes of a table are drawn, and 8 lines of each; what is left out is counted.
 */
export function drawBoxes(title: string, groups: readonly RuleGroup[]): string {
  const parts = wrap(title, 88, 3).map((text, at) =>
    textElement(text, { x: margin, y: 32 + at * 21, "font-size": 16, "font-weight": 600, ...painted("ink") }),
  );
  let top = 24 + parts.length * 21;
  if (groups.every(({ boxes }) => boxes.length === 0)) {
    parts.push(textElement("nothing is there", { x: margin, y: top + 14, "font-size": 13, ...painted("faint") }));
    top += 24;
  }
  for (const group of groups) {
    const drawn = drawGroup(group, top);
    parts.push(...drawn.parts);
    top = drawn.bottom;
  }
  return picture(
    { width, height: top + 10, title, description: groups.map(describe).join(" ") || "nothing is there" },
    parts,
  );
}

interface Drawn {
  readonly parts: readonly string[];
  readonly bottom: number;
}

function drawGroup(group: RuleGroup, top: number): Drawn {
  const { placed, empty, omitted } = layOut(group);
  const remarks = [
    ...(empty.length === 0 ? [] : [`nothing in: ${empty.join(", ")}`]),
    ...(omitted === 0 ? [] : [`${omitted} more are not drawn`]),
  ].flatMap((text) => wrap(text, 130, 3));
  const parts = [
    textElement(`${shortenMiddle(group.heading, 40)}: ${countText(group)}`, {
      x: margin,
      y: top + 16,
      "font-size": 13.5,
      "font-weight": 700,
      ...painted("ink"),
    }),
    ...remarks.map((text, at) =>
      textElement(text, { x: margin, y: top + 34 + at * 16, "font-size": 11.5, ...painted("faint") }),
    ),
  ];
  let y = top + 28 + remarks.length * 16;
  const bottoms: number[] = [];
  for (const box of placed) {
    const isBelow = box.parent >= 0 && placed[box.parent]!.depth < box.depth;
    const drawn = drawBox(box, y, isBelow ? bottoms[box.parent] : undefined);
    parts.push(...drawn.parts);
    bottoms.push(drawn.bottom);
    y = drawn.bottom + 10;
  }
  return { parts, bottom: y + 8 };
}

/** The box; `from` is where its parent's box ends, from whose left side an arrow leads here. */
function drawBox({ box, depth, shown, hidden, by }: PlacedBox, top: number, from: number | undefined): Drawn {
  const x = margin + depth * indent;
  const wide = width - margin - x;
  const rows = shown.length + (hidden > 0 ? 1 : 0);
  const height = headHeight + rows * lineHeight + (rows > 0 ? 7 : 2);
  const fit = Math.floor((wide - 52) / textWidth("0", mono));
  const title = shortenMiddle(box.title, 60);
  const note = [box.note, by].filter((text) => text !== "").join("; ");
  const noteX = x + 24 + textWidth(title, mono);
  const tone = box.kind === "base chain" ? "good" : box.kind === "set" || box.kind === "map" ? "change" : "rule";
  const start = top + headHeight;
  const lines = shown.map(({ line, number }, at) => {
    const below = hidden > 0 && at === shown.length - 1 ? at + 1 : at;
    return drawLine({ line, number, fit }, x, start + below * lineHeight + 12);
  });
  const dots = `… ${hidden} more`;
  const dotsY = start + (shown.length - 1) * lineHeight + 12;
  return {
    parts: [
      from === undefined ? "" : drawArrow(x, from, top + 12),
      element("rect", { x, y: top, width: wide, height, rx: 4, ...painted(tone) }),
      textElement(title, {
        x: x + 9,
        y: top + 16,
        "font-family": monoFont,
        "font-size": mono.size,
        "font-weight": 700,
        ...painted("ink"),
      }),
      textElement(shorten(note, Math.floor((x + wide - noteX - 6) / 7.2)), {
        x: noteX,
        y: top + 16,
        "font-size": 11.5,
        ...painted("faint"),
      }),
      ...lines.flat(),
      ...(hidden > 0 ? [textElement(dots, { x: x + 40, y: dotsY, "font-size": 11.5, ...painted("faint") })] : []),
    ],
    bottom: top + height,
  };
}

interface DrawnLine {
  readonly line: RuleLine;
  readonly number: number;
  /** Columns that there is room for. */
  readonly fit: number;
}

/** Number, rule, and as far as there is room who wanted it. */
function drawLine({ line, number, fit }: DrawnLine, x: number, y: number): string[] {
  const text = shortenMiddle(line.text, fit);
  const room = fit - columns(text) - 3;
  const why = line.why === "" || room < 8 ? "" : shorten(`# ${line.why}`, room);
  const type = { y, "font-family": monoFont, "font-size": mono.size };
  return [
    textElement(String(number), { x: x + 32, "text-anchor": "end", ...type, ...painted("faint") }),
    textElement(text, { x: x + 40, ...type, ...painted("ink") }),
    ...(why === ""
      ? []
      : [textElement(why, { x: x + 40 + textWidth(`${text}  `, mono), ...type, ...painted("faint") })]),
  ];
}

function drawArrow(x: number, from: number, to: number): string {
  const down = x - indent + 12;
  const d = `M${down} ${from}V${to}H${x}M${x - 6} ${to - 4}L${x} ${to}L${x - 6} ${to + 4}`;
  return element("path", { d, ...painted("line") });
}

function countText({ boxes }: RuleGroup): string {
  const counts = new Map<string, number>();
  for (const { kind } of boxes) {
    const name = kind === "base chain" ? "chain" : kind;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const lines = boxes.reduce((sum, box) => sum + (box.kind === "set" || box.kind === "map" ? 0 : box.lines.length), 0);
  const unit = boxes[0]?.kind === "virtual server" ? "real server" : "rule";
  const all = [...counts].map(([name, count]) => plural(count, name));
  return [...all, plural(lines, unit)].join(", ");
}

function plural(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}

function describe(group: RuleGroup): string {
  return `${group.heading}: ${countText(group)}.`;
}
