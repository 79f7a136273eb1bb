import type { Plain } from "./manifest-document.ts";
import type { TextSlice } from "./text-slice.ts";

/** Long numbers lose digits in JSON.parse; a text that may have one is read as YAML, which JSON is. */
const longNumber = /[[:,\s]-?[0-9]{16}/;
/** The engine skips ahead where it seeks this, so it is sought first. */
const manyDigits = /[0-9]{16}/;

/** The values of a text that begins with `{`: one JSON value, or several after another. */
export function splitJson(text: string, source: string): TextSlice[] {
  const single = readJson(text);
  if (single !== undefined) {
    return [{ source, text, start: 0, end: text.length, firstLine: 1, firstColumn: 1, json: single }];
  }
  return [...jsonSlices(text, source, true)];
}

/** Where a text begins in what it is cut out of, counted from 1. */
export interface TextStart {
  readonly line: number;
  readonly column: number;
}

/**
 * The values of a text, one after another, each of which opens with a brace. One that is not closed runs to the end, or is left
 * out where more is to come. Each is read when it is asked for, so that what was read of one can go before the next.
 */
export function* jsonSlices(
  text: string,
  source: string,
  isEnd: boolean,
  { line, column }: TextStart = { line: 1, column: 1 },
): Generator<TextSlice> {
  let firstLine = line;
  let lineStart = 1 - column;
  let lineEnd = text.indexOf("\n");
  for (const { start, end, json } of valueRanges(text, isEnd)) {
    for (; lineEnd >= 0 && lineEnd < start; lineEnd = text.indexOf("\n", lineStart)) {
      firstLine++;
      lineStart = lineEnd + 1;
    }
    const firstColumn = start - lineStart + 1;
    yield json === undefined
      ? { source, text, start, end, firstLine, firstColumn }
      : { source, text, start, end, firstLine, firstColumn, json };
  }
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
    const junk = start - at === 1 && text.charCodeAt(at) === 0x0a ? -1 : junkBetween(text, at, start);
    if (junk >= 0) yield { start: junk, end: start, json: undefined };
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

/** Where something stands before the next value that may not be there; -1 for nothing. */
function junkBetween(text: string, from: number, to: number): number {
  const piece = text.slice(from, to);
  return between.test(piece) ? -1 : from + piece.search(/\S/);
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
    return manyDigits.test(text) && longNumber.test(text) ? undefined : value;
  } catch {
    return undefined;
  }
}
