import type { CorefileWord } from "./corefile.ts";

/** What Go's unicode.IsSpace takes for space. */
const space = /[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

/** The lexer at its place in the text. Lines and columns count from 1. */
interface Reading {
  index: number;
  line: number;
  /** Where the line begins. */
  lineStart: number;
}

/**
 * The words of a Corefile: space parts them, `"` encloses one with space in it and only `"` can be escaped there, `#` begins a
 * comment wherever it stands outside of quotes (caddyfile/lexer.go).
 *
 * @example lex('cache 30 # short', "Corefile").map((word) => word.text) // ["cache", "30"]
 */
export function lex(text: string, source: string): CorefileWord[] {
  const words: CorefileWord[] = [];
  const reading: Reading = { index: text.startsWith("\ufeff") ? 1 : 0, line: 1, lineStart: 0 };
  for (;;) {
    skipSpaceAndComments(text, reading);
    if (reading.index >= text.length) return words;
    const position = { source, line: reading.line, column: reading.index - reading.lineStart + 1 };
    const word = text[reading.index] === '"' ? quotedWord(text, reading) : plainWord(text, reading);
    if (word !== undefined) words.push({ text: word, position });
  }
}

function skipSpaceAndComments(text: string, reading: Reading): void {
  let comment = false;
  for (; reading.index < text.length; reading.index++) {
    const char = text[reading.index]!;
    if (char === "\n") {
      endLine(reading);
      comment = false;
    } else if (char === "#") comment = true;
    else if (!comment && !space.test(char)) return;
  }
}

/** A carriage return neither ends a word nor belongs to it; a comment that begins within a word ends with that word. */
function plainWord(text: string, reading: Reading): string {
  let word = "";
  let comment = false;
  for (; reading.index < text.length; reading.index++) {
    const char = text[reading.index]!;
    if (char === "\r") continue;
    if (space.test(char)) break;
    comment ||= char === "#";
    if (!comment) word += char;
  }
  return word;
}

/** Undefined for an empty one that the end of the text cuts off. */
function quotedWord(text: string, reading: Reading): string | undefined {
  let word = "";
  reading.index++;
  for (; reading.index < text.length; reading.index++) {
    const char = text[reading.index]!;
    if (char === '"') {
      reading.index++;
      return word;
    }
    if (char === "\n") endLine(reading);
    if (char !== "\\") word += char;
    else word += escapedChar(text, reading);
  }
  return word === "" ? undefined : word;
}

function escapedChar(text: string, reading: Reading): string {
  const next = text[reading.index + 1];
  if (next === undefined) return "";
  reading.index++;
  if (next === "\n") endLine(reading);
  return next === '"' ? '"' : `\\${next}`;
}

function endLine(reading: Reading): void {
  reading.line++;
  reading.lineStart = reading.index + 1;
}
