import type { Plain } from "./manifest-document.ts";
import type { TextSlice } from "./text-slice.ts";

/** Long numbers lose digits in JSON.parse; a text that may have one is read as YAML, which JSON is. */
const longNumber = /[[:,\s]-?[0-9]{16}/;

/** The values of a text that begins with `{`: one JSON value, or several after another. */
export function splitJson(text: string, source: string): TextSlice[] {
  const single = readJson(text);
  if (single !== undefined) {
    return [{ source, text, start: 0, end: text.length, firstLine: 1, firstColumn: 1, json: single }];
  }
  return jsonSlices(text, source, true);
}

/**
 * The values of a text, one after another, each of which opens with a brace. One that is not closed runs to the end, or is left
 * out where more is to come.
 */
export function jsonSlices(text: string, source: string, isEnd: boolean): TextSlice[] {
  const slices: TextSlice[] = [];
  let line = 1;
  let lineStart = 0;
  let counted = 0;
  for (const { start, end, json } of valueRanges(text, isEnd)) {
    for (; counted < start; counted++) {
      if (text.charCodeAt(counted) !== 0x0a) continue;
      line++;
      lineStart = counted + 1;
    }
    const slice = { source, text, start, end, firstLine: line, firstColumn: start - lineStart + 1 };
    slices.push(json === undefined ? slice : { ...slice, json });
  }
  return slices;
}

interface ValueRange {
  readonly start: number;
  readonly end: number;
  readonly json: Plain | undefined;
}

/** What stands between two values: nothing, or lines that separate or comment. */
const between = /^(?:\s|---[ \t]*(?=[\r\n])|#[^\n]*)*$/;

function* valueRanges(text: string, isEnd: boolean): Generator<ValueRange> {
  let at = 0;
  let lineEnd = -1;
  // A line with one value is the rule, and is read at once; where it has several, each is sought by its braces.
  let hasSeveral = false;
  for (;;) {
    const start = text.indexOf("{", at);
    if (start < 0) break;
    const first = at + text.slice(at, start).search(/\S/);
    if (first >= at && !between.test(text.slice(at, start))) yield { start: first, end: start, json: undefined };
    if (start > lineEnd) {
      const found = text.indexOf("\n", start);
      lineEnd = found < 0 ? text.length : found;
      hasSeveral = found < 0 && !isEnd;
    }
    const whole: ValueRange | undefined = hasSeveral ? undefined : lineValue(text, start, lineEnd);
    const range: ValueRange | undefined = whole ?? bracedValue(text, start, isEnd);
    if (range === undefined) return;
    hasSeveral ||= range.end < lineEnd;
    yield range;
    at = range.end;
  }
  if (isEnd && text.slice(at).trim() !== "") yield { start: at, end: text.length, json: undefined };
}

function lineValue(text: string, start: number, lineEnd: number): ValueRange | undefined {
  const rest = text.slice(start, lineEnd).trimEnd();
  const json = readJson(rest);
  return json === undefined ? undefined : { start, end: start + rest.length, json };
}

/** From a brace to the one that closes it; braces in strings do not count. */
function bracedValue(text: string, start: number, isEnd: boolean): ValueRange | undefined {
  const tokens = /"(?:[^"\\]|\\.)*"|[{}]/g;
  tokens.lastIndex = start;
  let depth = 0;
  for (let token = tokens.exec(text); token !== null; token = tokens.exec(text)) {
    if (token[0] === "{") depth++;
    else if (token[0] === "}" && --depth === 0) {
      const end = tokens.lastIndex;
      return { start, end, json: readJson(text.slice(start, end)) };
    }
  }
  return isEnd ? { start, end: text.length, json: undefined } : undefined;
}

/** Undefined for what is no JSON, or may have a number that JavaScript cannot hold. */
function readJson(text: string): Plain | undefined {
  try {
    const value = JSON.parse(text) as Plain;
    return longNumber.test(text) ? undefined : value;
  } catch {
    return undefined;
  }
}
