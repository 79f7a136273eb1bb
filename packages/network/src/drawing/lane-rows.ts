import { painted } from "@kubenetsim/display/paint";
import { element, textElement } from "@kubenetsim/display/svg";
import { columns, monoFont, shortenMiddle, textWidth, wrap } from "@kubenetsim/display/text-size";
import type { TraceRow } from "./trace-rows.ts";

/** Where the hosts' lanes stand. */
export interface LanePlaces {
  readonly centers: readonly number[];
  readonly width: number;
  readonly margin: number;
}

/** A row as drawn, from `top` on. */
export interface DrawnRow {
  readonly parts: readonly string[];
  readonly height: number;
}

const mostColumns = 84;
const mostLines = 5;
const mono = { size: 11.5, font: "mono" } as const;
const bold = { size: 12, font: "mono", bold: true } as const;
const lineHeight = 15;

export function drawRow(row: TraceRow, places: LanePlaces, top: number): DrawnRow {
  switch (row.kind) {
    case "packet":
      return row.from === row.to ? drawSent(row, places, top) : drawPacket(row, places, top);
    case "step":
      return drawStep(row, places, top);
    case "end":
      return drawEnd(row, places, top);
    case "remark":
      return drawRemark(row, places, top);
    case "heading":
      return drawHeading(row, places, top);
    default:
      return row satisfies never;
  }
}

type Row<Kind extends TraceRow["kind"]> = Extract<TraceRow, { kind: Kind }>;

/** The packet at its first host, or one that a host sends to itself. */
function drawSent({ from, text }: Row<"packet">, places: LanePlaces, top: number): DrawnRow {
  return drawBox({ lane: from, tone: "box", lines: [{ text, type: mono, paint: "ink" }] }, places, top);
}

/** An arrow from lane to lane, the packet's addresses above it. */
function drawPacket({ from, to, text, changed, answer }: Row<"packet">, places: LanePlaces, top: number): DrawnRow {
  const [x1, x2] = [places.centers[from]!, places.centers[to]!];
  const lines = wrapped(changed ? `${text}   (rewritten)` : text, places);
  const y = top + 12 + lines.length * lineHeight;
  const head = x2 > x1 ? -8 : 8;
  const dashes = answer ? { "stroke-dasharray": "6 4" } : {};
  const [first, ...rest] = [`M${x1} ${y}H${x2}`, `M${x2 + head} ${y - 5}L${x2} ${y}L${x2 + head} ${y + 5}`];
  const weight = changed ? { "font-weight": 700 } : {};
  return {
    parts: [
      ...label(lines, (x1 + x2) / 2, top + 18, places, weight),
      element("path", { d: first, ...painted("line"), ...dashes }),
      element("path", { d: rest[0]!, ...painted("line") }),
    ],
    height: y - top + 6,
  };
}

/** Lines of text around x on the paper's colour, so that no lane runs through them. */
function label(
  lines: readonly string[],
  x: number,
  top: number,
  { width, margin }: LanePlaces,
  weight: Readonly<Record<string, number>>,
): string[] {
  const wide = Math.max(...lines.map((line) => textWidth(line, mono)));
  const center = Math.max(margin + wide / 2, Math.min(width - margin - wide / 2, x));
  const height = lines.length * lineHeight;
  return [
    element("rect", { x: center - wide / 2 - 3, y: top - 12, width: wide + 6, height, ...painted("paper") }),
    ...lines.map((line, at) =>
      textElement(line, {
        x: center,
        y: top + at * lineHeight,
        "text-anchor": "middle",
        "font-family": monoFont,
        "font-size": mono.size,
        ...weight,
        ...painted("ink"),
      }),
    ),
  ];
}

function drawStep({ lane, number, tone, title, detail, why }: Row<"step">, places: LanePlaces, top: number): DrawnRow {
  const lines: BoxLine[] = [
    { text: shortenMiddle(title, columnsThatFit(places, bold)), type: bold, paint: "ink" },
    ...(detail === "" ? [] : wrapped(detail, places).map((text): BoxLine => ({ text, type: mono, paint: "ink" }))),
    ...(why === "" ? [] : wrapped(why, places).map((text): BoxLine => ({ text, type: mono, paint: "faint" }))),
  ];
  return drawBox({ lane, tone, lines, badge: String(number) }, places, top);
}

function drawEnd({ lane, good, title, why }: Row<"end">, places: LanePlaces, top: number): DrawnRow {
  const lines: BoxLine[] = [
    { text: title, type: bold, paint: "ink" },
    ...wrapped(why, places).map((text): BoxLine => ({ text, type: mono, paint: "ink" })),
  ];
  return drawBox({ lane, tone: good ? "good" : "bad", lines }, places, top);
}

function drawRemark({ lane, text }: Row<"remark">, places: LanePlaces, top: number): DrawnRow {
  return { parts: label(wrapped(text, places), places.centers[lane]!, top + 20, places, {}), height: 26 };
}

function drawHeading({ text }: Row<"heading">, { width, margin }: LanePlaces, top: number): DrawnRow {
  const y = top + 26;
  const type = { x: margin, y: y - 6, "font-size": 13, "font-weight": 700, ...painted("ink") };
  const wide = textWidth(text, { size: 13, font: "bold" });
  return {
    parts: [
      element("rect", { x: margin - 2, y: y - 19, width: wide + 4, height: 18, ...painted("paper") }),
      textElement(text, type),
      element("path", { d: `M${margin} ${y}H${width - margin}`, ...painted("lane"), "stroke-dasharray": "2 4" }),
    ],
    height: 34,
  };
}

interface BoxLine {
  readonly text: string;
  readonly type: typeof mono | typeof bold;
  readonly paint: "ink" | "faint";
}

interface Box {
  readonly lane: number;
  readonly tone: "box" | "rule" | "change" | "good" | "bad";
  readonly lines: readonly BoxLine[];
  /** The step's number, in a disc on the lane. */
  readonly badge?: string;
}

/** A box that hangs on its lane and stays inside of the picture. */
function drawBox({ lane, tone, lines, badge }: Box, { centers, width, margin }: LanePlaces, top: number): DrawnRow {
  const wide = Math.max(...lines.map(({ text, type }) => textWidth(text, type))) + 24;
  const center = centers[lane]!;
  const x = Math.max(margin, Math.min(width - margin - wide, center - wide / 2));
  const y = top + (badge === undefined ? 8 : 16);
  const first = y + (badge === undefined ? 18 : 26);
  const height = first - y + (lines.length - 1) * lineHeight + 9;
  return {
    parts: [
      element("rect", { x, y, width: wide, height, rx: 5, ...painted(tone) }),
      ...(badge === undefined ? [] : drawBadge(badge, center, y)),
      ...lines.map(({ text, type, paint }, at) =>
        textElement(text, {
          x: x + 12,
          y: first + at * lineHeight,
          "font-size": type.size,
          "font-family": monoFont,
          ...("bold" in type ? { "font-weight": 700 } : {}),
          ...painted(paint),
        }),
      ),
    ],
    height: y - top + height + 2,
  };
}

function drawBadge(text: string, x: number, y: number): string[] {
  const wide = Math.max(20, columns(text) * 8 + 8);
  return [
    element("rect", { x: x - wide / 2, y: y - 10, width: wide, height: 20, rx: 10, ...painted("badge") }),
    textElement(text, {
      x,
      y: y + 4,
      "text-anchor": "middle",
      "font-size": 12,
      "font-weight": 700,
      ...painted("badgeText"),
    }),
  ];
}

function wrapped(text: string, places: LanePlaces): string[] {
  return wrap(text, columnsThatFit(places, mono), mostLines);
}

function columnsThatFit({ width, margin }: LanePlaces, type: typeof mono | typeof bold): number {
  return Math.min(mostColumns, Math.floor((width - 2 * margin - 26) / textWidth("0", type)));
}
