import { isNumber } from "./html.ts";
import { painted } from "./paint.ts";
import { picture } from "./picture.ts";
import { element, textElement } from "./svg.ts";
import { columns, monoFont, shortenMiddle, textWidth, wrap } from "./text-size.ts";

/** A table as a picture. */
export interface TableDrawing {
  readonly title: string;
  readonly description: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Below the rows. */
  readonly footer?: string;
}

/** Rows that are drawn; what stands beyond is counted below the table. */
export const drawnRows = 60;
const longestCell = 56;
const [left, top, rowHeight, gap] = [20, 58, 22, 22];
const mono = { size: 12, font: "mono" } as const;

/** Draws a table, its first 60 rows; a long cell loses its middle. */
export function drawTable({ title, description, head, rows, footer }: TableDrawing): string {
  const lines = [head, ...rows.slice(0, drawnRows)].map((row) => row.map((cell) => shortenMiddle(cell, longestCell)));
  const widths = head.map((_, column) => Math.max(...lines.map((line) => textWidth(line[column]!, mono))));
  const starts = widths.map((_, column) => left + widths.slice(0, column).reduce((sum, width) => sum + width + gap, 0));
  const right = starts.at(-1)! + widths.at(-1)! + left;
  const width = Math.max(right, 360);
  const titleLines = wrapped(title, width, 15, 0.7);
  const below = [
    ...(rows.length > drawnRows
      ? [`${rows.length - drawnRows} more rows are not drawn: the limit is ${drawnRows}`]
      : []),
    ...(footer === undefined ? [] : [footer]),
  ].flatMap((text) => wrapped(text, width, 11, 0.62));
  const start = top + (titleLines.length - 1) * 20;
  const bottom = start + lines.length * rowHeight;
  const cells = lines.flatMap((line, at) =>
    line.map((cell, column) => {
      const isRight = at === 0 ? rows.length > 0 && rows.every((row) => isNumber(row[column]!)) : isNumber(cell);
      const x = isRight ? starts[column]! + widths[column]! : starts[column]!;
      const weight = at === 0 ? { "font-weight": 700 } : {};
      const anchor = isRight ? { "text-anchor": "end" } : {};
      return textElement(cell, {
        x,
        y: start + at * rowHeight + 15,
        "font-family": monoFont,
        "font-size": 12,
        ...weight,
        ...anchor,
        ...painted("ink"),
      });
    }),
  );
  const rules = lines.map((_, at) =>
    element("path", {
      d: `M${left} ${start + (at + 1) * rowHeight}H${Math.round(width - left)}`,
      ...painted(at === 0 ? "line" : "lane"),
    }),
  );
  return picture({ width, height: bottom + 16 + below.length * 16, title, description }, [
    ...titleLines.map((text, at) =>
      textElement(text, { x: left, y: 32 + at * 20, "font-size": 15, "font-weight": 600, ...painted("ink") }),
    ),
    ...rules,
    ...cells,
    ...below.map((text, at) =>
      textElement(text, { x: left, y: bottom + 20 + at * 16, "font-size": 11, ...painted("faint") }),
    ),
  ]);
}

function wrapped(text: string, width: number, size: number, em: number): string[] {
  return columns(text) === 0 ? [] : wrap(text, Math.floor((width - 2 * left) / (size * em)));
}
