import { escapeText } from "./svg.ts";

const preStyle = "overflow-x:auto;margin:.5em 0 0;font-size:12px;line-height:1.35";
const cellStyle = "border:1px solid currentColor;padding:2px 8px;font-variant-numeric:tabular-nums";

/** A picture on a page, with its text or table folded below it. Colours of the text are the page's own. */
export function figure(svg: string, text: string): string {
  return figureWith(svg, "as text", pre(text));
}

/** The same with markup below it. */
export function figureWith(svg: string, summary: string, markup: string): string {
  const details = `<details><summary>${escapeText(summary)}</summary>\n${markup}\n</details>`;
  return `<figure style="margin:0">\n${svg}${details}\n</figure>\n`;
}

/** Text in a font of one width. */
export function pre(text: string): string {
  return `<pre style="${preStyle}">${escapeText(text.trimEnd())}</pre>`;
}

export interface TableCells {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Below the rows: what was left out, where the numbers are from. */
  readonly footer?: string;
}

/** A table; what looks like a number stands at the right. */
export function htmlTable({ head, rows, footer }: TableCells): string {
  const cell = (name: "td" | "th", text: string): string =>
    `<${name} style="${cellStyle};text-align:${isNumber(text) ? "right" : "left"}">${escapeText(text)}</${name}>`;
  const line = (name: "td" | "th", cells: readonly string[]): string =>
    `<tr>${cells.map((text) => cell(name, text)).join("")}</tr>`;
  return [
    '<table style="border-collapse:collapse;font-size:13px">',
    `<thead>${line("th", head)}</thead>`,
    `<tbody>${rows.map((row) => line("td", row)).join("\n")}</tbody>`,
    "</table>",
    ...(footer === undefined ? [] : [`<p style="font-size:12px">${escapeText(footer)}</p>`]),
  ].join("\n");
}

/** `1,024`, `0.25`, `33.3%`, `–` for none. */
export function isNumber(text: string): boolean {
  return /^(?:-?[\d,]+(?:\.\d+)?%?|–)$/.test(text);
}
