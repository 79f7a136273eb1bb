import type { PatternCursor } from "./pattern-cursor.ts";
import { readEscape } from "./read-escape.ts";

const classNames = /^(?:alpha|lower|upper|alnum|ascii|blank|cntrl|digit|graph|print|punct|space|word|xdigit)$/;
const notInClass = "escape sequence is invalid in character class";
const badRange = "invalid range in character class";
const outOfOrder = "range out of order in character class";

/** `[:name:]`, `[.name.]` or `[=name=]` at a `[` (pcre2_compile.c `check_posix_syntax`): where its end begins. */
export function posixEnd(text: string, start: number): number | undefined {
  const mark = text[start + 1] ?? "";
  if (!":.=".includes(mark) || mark === "") return undefined;
  for (let at = start + 2; at + 1 < text.length; at++) {
    if (text[at] === "\\" && (text[at + 1] === "]" || text[at + 1] === "\\")) at++;
    else if ((text[at] === "[" && text[at + 1] === mark) || text[at] === "]") return undefined;
    else if (text[at] === mark && text[at + 1] === "]") return at;
  }
  return undefined;
}

/** Reads a class behind its `[`. A `]` is one of it where it comes first. */
export function readClass(cursor: PatternCursor): void {
  cursor.take(/(?:\\E|\\Q\\E)*\^?(?:\\E|\\Q\\E)*/y);
  /** The character that a hyphen would make a range of; undefined for none. */
  let first: number | undefined;
  let isRange = false;
  let isQuoted = false;
  for (let isFirst = true; ; isFirst = false) {
    if (cursor.isAtEnd) cursor.fail("missing terminating ] for character class");
    const start = cursor.at;
    const character = cursor.next;
    if (character === "]" && !isFirst && !isQuoted) break;
    cursor.at++;
    let code = character.charCodeAt(0);
    if (isQuoted) {
      if (character === "\\" && cursor.takes("E")) {
        isQuoted = false;
        continue;
      }
    } else if (character === "[" && posixEnd(cursor.text, start) !== undefined) {
      if (isRange) cursor.fail(badRange, start + 1);
      readPosix(cursor, start);
      first = undefined;
      continue;
    } else if (character === "-" && first !== undefined && !isRange) {
      isRange = true;
      continue;
    } else if (character === "\\") {
      const escaped = readEscape(cursor, true);
      isQuoted = escaped.kind === "quote";
      if (isQuoted || escaped.kind === "endQuote") continue;
      if (escaped.kind === "class") {
        if (cursor.text[start + 1] === "C") cursor.fail(notInClass, cursor.at - 1);
        if (isRange) cursor.fail(badRange);
        refuseRange(cursor);
        first = undefined;
        continue;
      }
      if (escaped.kind !== "character") cursor.fail(notInClass, cursor.at - 1);
      ({ code } = escaped);
    }
    if (isRange && code < first!) cursor.fail(outOfOrder, cursor.at - 1);
    first = isRange ? undefined : code;
    isRange = false;
  }
  cursor.at++;
}

function readPosix(cursor: PatternCursor, start: number): void {
  const end = posixEnd(cursor.text, start)!;
  if (cursor.text[start + 1] !== ":") cursor.fail("POSIX collating elements are not supported", start);
  cursor.at = start + 2;
  cursor.takes("^");
  if (!classNames.test(cursor.text.slice(cursor.at, end))) cursor.fail("unknown POSIX class name");
  cursor.at = end + 2;
  refuseRange(cursor);
}

/** What stands for several characters begins no range. */
function refuseRange(cursor: PatternCursor): void {
  if (cursor.next === "-" && (cursor.text[cursor.at + 1] ?? "]") !== "]") cursor.fail(badRange);
}
