import type { Plain } from "./manifest-document.ts";

/** A piece of an input, and where in it the piece begins. Lines and columns count from 1. */
export interface TextSlice {
  readonly source: string;
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly firstLine: number;
  readonly firstColumn: number;
  /** The value, where the piece has been read as JSON already. */
  readonly json?: Plain;
}

/** The documents of a YAML stream: what stands between lines that begin with `---`. */
export function splitStream(text: string, source: string): TextSlice[] {
  const slices: TextSlice[] = [];
  // A byte order mark is no part of the first document.
  let start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  let firstLine = 1;
  let line = 1;
  for (let at = start; at <= text.length; line++) {
    const newline = text.indexOf("\n", at);
    const lineEnd = newline < 0 ? text.length : newline;
    if (isSeparator(text, at, lineEnd)) {
      slices.push({ source, text, start, end: at, firstLine, firstColumn: 1 });
      const bare = isBareSeparator(text, at, lineEnd);
      start = bare ? Math.min(lineEnd + 1, text.length) : at;
      firstLine = bare ? line + 1 : line;
    }
    if (newline < 0) break;
    at = newline + 1;
  }
  slices.push({ source, text, start, end: text.length, firstLine, firstColumn: 1 });
  return slices.filter((slice) => !isBlank(slice));
}

/** Where the last line of a text begins that separates documents and is whole; 0 where there is none behind the first line. */
export function lastSeparator(text: string): number {
  for (let at = text.lastIndexOf("\n---"); at >= 0; at = at === 0 ? -1 : text.lastIndexOf("\n---", at - 1)) {
    const lineEnd = text.indexOf("\n", at + 1);
    if (lineEnd >= 0 && isSeparator(text, at + 1, lineEnd)) return at + 1;
  }
  return 0;
}

function isSeparator(text: string, at: number, lineEnd: number): boolean {
  if (text.charCodeAt(at) !== 0x2d || !text.startsWith("---", at)) return false;
  const next = at + 3;
  return next >= lineEnd || text[next] === " " || text[next] === "\t" || text[next] === "\r";
}

/** Nothing but blanks and a comment behind the dashes. */
function isBareSeparator(text: string, at: number, lineEnd: number): boolean {
  return lineEnd - at === 3 || /^---\s*(#.*)?$/.test(text.slice(at, lineEnd));
}

/** Only blank lines, comments and document end marks. */
function isBlank(slice: TextSlice): boolean {
  for (let at = slice.start; at < slice.end; ) {
    const newline = slice.text.indexOf("\n", at);
    const end = newline < 0 || newline > slice.end ? slice.end : newline;
    const line = slice.text.slice(at, end).trim();
    if (line !== "" && !line.startsWith("#") && line !== "..." && line !== "---") return false;
    at = end + 1;
  }
  return true;
}
