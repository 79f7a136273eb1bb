import type { Plain } from "./manifest-document.ts";
import type { TextSlice } from "./text-slice.ts";

/** Long numbers lose digits in JSON.parse; a text that may have one is read as YAML, which JSON is. */
const longNumber = /[[:,\s]-?[0-9]{16}/;

/** The values of a text that begins with `{`: one JSON value, or several after another. */
export function splitJson(text: string, source: string): TextSlice[] {
  const whole: TextSlice = { source, text, start: 0, end: text.length, firstLine: 1, firstColumn: 1 };
  const exact = !longNumber.test(text);
  const single = exact ? tryParse(text) : undefined;
  if (single !== undefined) return [{ ...whole, json: single }];
  const slices: TextSlice[] = [];
  let line = 1;
  let counted = 0;
  for (const [start, end] of valueRanges(text)) {
    for (; counted < start; counted++) if (text.charCodeAt(counted) === 0x0a) line++;
    const firstColumn = start - text.lastIndexOf("\n", start - 1);
    const json = exact ? tryParse(text.slice(start, end)) : undefined;
    const slice = { source, text, start, end, firstLine: line, firstColumn };
    slices.push(json === undefined ? slice : { ...slice, json });
  }
  return slices;
}

function tryParse(text: string): Plain | undefined {
  try {
    return JSON.parse(text) as Plain;
  } catch {
    return undefined;
  }
}

/** Where each outermost brace opens and closes; braces in strings do not count. What is left open runs to the end. */
function valueRanges(text: string): (readonly [number, number])[] {
  const ranges: (readonly [number, number])[] = [];
  let depth = 0;
  let start = 0;
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}]/g)) {
    if (token === "{" && depth++ === 0) {
      start = ranges.length === 0 ? 0 : index;
    } else if (token === "}" && --depth === 0) {
      ranges.push([start, index + 1]);
    }
  }
  const end = ranges.at(-1)?.[1] ?? 0;
  if (depth > 0) ranges.push([start, text.length]);
  else if (text.slice(end).trim() !== "") ranges.push([end, text.length]);
  return ranges;
}
