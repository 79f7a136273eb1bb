import { type GroupReference, noSuchGroup, type PatternCursor } from "./pattern-cursor.ts";

/** What stands behind a backslash. */
export type PatternEscape =
  | { readonly kind: "character"; readonly code: number }
  /** One of several characters. */
  | { readonly kind: "class" }
  /** One of several texts: `\R`, `\X`. */
  | { readonly kind: "sequence" }
  | { readonly kind: "assertion"; readonly isKept: boolean }
  | { readonly kind: "quote" | "endQuote" }
  | { readonly kind: "reference" | "call"; readonly to: GroupReference };

const notOfPcre = "PCRE2 does not support \\F, \\L, \\l, \\N{name}, \\U, or \\u";
const badG = "\\g is not followed by a braced, angle-bracketed, or quoted name/number or by a plain number";
const badK = "\\k is not followed by a braced, angle-bracketed, or quoted name";
const tooLarge = "character code point value in \\x{} or \\o{} is too large";
const noDigits = "digits missing in \\x{} or \\o{} or \\N{U+}";

const closers: Readonly<Record<string, string>> = { "{": "}", "<": ">", "'": "'" };
const control: Readonly<Record<string, number>> = { a: 7, e: 27, f: 12, n: 10, r: 13, t: 9 };

/** Reads on behind a backslash (pcre2_compile.c `PRIV(check_escape)`). */
export function readEscape(cursor: PatternCursor, isInClass: boolean): PatternEscape {
  if (cursor.isAtEnd) cursor.fail("\\ at end of pattern");
  const letter = cursor.next;
  cursor.at++;
  if (!/[0-9A-Za-z]/.test(letter)) return { kind: "character", code: letter.charCodeAt(0) };
  if (letter in control) return { kind: "character", code: control[letter]! };
  if (/[1-9]/.test(letter)) return digits(cursor, isInClass);
  if ("dDwWsShHvV".includes(letter)) return { kind: "class" };
  if (isInClass && letter === "b") return { kind: "character", code: 8 };
  if ("AbBGzZ".includes(letter)) return { kind: "assertion", isKept: false };
  switch (letter) {
    case "0":
      cursor.at--;
      return octal(cursor);
    case "x":
      return cursor.takes("{") ? braced(cursor, 16) : hex(cursor);
    case "o":
      if (!cursor.takes("{")) cursor.fail("missing opening brace after \\o", cursor.at - 1);
      return braced(cursor, 8);
    case "c":
      return controlCharacter(cursor);
    case "p":
    case "P":
      return property(cursor);
    case "N":
      return noNewline(cursor, isInClass);
    case "C":
      return { kind: "class" };
    case "R":
    case "X":
      return { kind: "sequence" };
    case "K":
      return { kind: "assertion", isKept: true };
    case "Q":
      return { kind: "quote" };
    case "E":
      return { kind: "endQuote" };
    case "g":
      return isInClass ? { kind: "character", code: 0x67 } : byG(cursor);
    case "k":
      return isInClass ? { kind: "sequence" } : byK(cursor);
    default:
      if ("FLlUu".includes(letter)) cursor.fail(notOfPcre);
      return cursor.fail("unrecognized character follows \\", cursor.at - 1);
  }
}

/** A reference, or a character by its octal number. */
function digits(cursor: PatternCursor, isInClass: boolean): PatternEscape {
  const start = cursor.at - 1;
  if (!isInClass) {
    cursor.at = start;
    const value = Number(cursor.take(/\d+/y));
    if (value < 10 || cursor.text[start]! >= "8" || value <= cursor.groups) {
      return { kind: "reference", to: { group: value, offset: cursor.at - 1 } };
    }
  }
  cursor.at = start;
  if (cursor.next < "8") return octal(cursor);
  cursor.at++;
  return { kind: "character", code: cursor.text.charCodeAt(start) };
}

function octal(cursor: PatternCursor): PatternEscape {
  const code = Number.parseInt(cursor.take(/[0-7]{1,3}/y)!, 8);
  if (code > 255) cursor.fail("octal value is greater than \\377 in 8-bit non-UTF-8 mode");
  return { kind: "character", code };
}

function hex(cursor: PatternCursor): PatternEscape {
  return { kind: "character", code: Number.parseInt(`0${cursor.take(/[0-9A-Fa-f]{0,2}/y)}`, 16) };
}

function braced(cursor: PatternCursor, base: 8 | 16): PatternEscape {
  if (cursor.isAtEnd || cursor.next === "}") cursor.fail(noDigits);
  const code = Number.parseInt(`0${cursor.take(base === 8 ? /[0-7]*/y : /[0-9A-Fa-f]*/y)}`, base);
  if (code > 255) cursor.fail(tooLarge);
  const kind = base === 8 ? "non-octal character in \\o{}" : "non-hex character in \\x{}";
  if (!cursor.takes("}")) cursor.fail(`${kind} (closing brace missing?)`, cursor.isAtEnd ? cursor.at - 1 : cursor.at);
  return { kind: "character", code };
}

function controlCharacter(cursor: PatternCursor): PatternEscape {
  if (cursor.isAtEnd) cursor.fail("\\c at end of pattern");
  if (!/[ -~]/.test(cursor.next)) cursor.fail("\\c must be followed by a printable ASCII character");
  const code = cursor.next.toUpperCase().charCodeAt(0) ^ 0x40;
  cursor.at++;
  return { kind: "character", code };
}

function property(cursor: PatternCursor): PatternEscape {
  const found = cursor.take(/[A-Za-z]|\{\^?[\w &:=-]+\}/y);
  if (found === undefined) cursor.fail("malformed \\P or \\p sequence", cursor.text.length);
  const name = found.replace(/[{}^]/g, "");
  if (!isProperty(name)) cursor.fail("unknown property after \\P or \\p");
  return { kind: "class" };
}

function isProperty(name: string): boolean {
  if (/^(?:Any|L&|Xan|Xps|Xsp|Xuc|Xwd)$/.test(name)) return true;
  return [name, `Script=${name}`].some((each) => {
    try {
      return new RegExp(`\\p{${each}}`, "u").unicode;
    } catch {
      return false;
    }
  });
}

function noNewline(cursor: PatternCursor, isInClass: boolean): PatternEscape {
  if (isInClass) cursor.fail("\\N is not supported in a class");
  const rest = cursor.text.slice(cursor.at);
  if (rest.startsWith("{U+")) cursor.fail("\\N{U+dddd} is supported only in Unicode (UTF) mode");
  if (rest.startsWith("{") && !/^\{\d+(?:,\d*)?\}/.test(rest)) cursor.fail(notOfPcre);
  return { kind: "class" };
}

function byG(cursor: PatternCursor): PatternEscape {
  const start = cursor.at;
  const opener = cursor.next;
  if (opener === "<" || opener === "'") {
    cursor.at++;
    const number = cursor.number();
    if (number === undefined) return { kind: "call", to: cursor.name(closers[opener]!) };
    const offset = cursor.at;
    if (!cursor.takes(closers[opener]!)) cursor.fail(badG, start);
    return { kind: "call", to: { group: number, offset } };
  }
  if (opener !== "{") {
    const number = cursor.number() ?? cursor.fail(badG);
    if (number <= 0) cursor.fail(noSuchGroup);
    return { kind: "reference", to: { group: number, offset: cursor.at - 1 } };
  }
  cursor.at++;
  const signed = /^\{[+-]?\d+/.exec(cursor.text.slice(start))?.[0];
  if (signed === undefined) return { kind: "reference", to: cursor.name("}") };
  const number = bracedNumber(cursor, start);
  if (!cursor.takes("}")) cursor.fail(badG, start);
  if (number <= 0) cursor.fail(noSuchGroup);
  return { kind: "reference", to: { group: number, offset: cursor.at - 1 } };
}

/** What is wrong with a number in braces is told in front of them. */
function bracedNumber(cursor: PatternCursor, start: number): number {
  try {
    return cursor.number()!;
  } catch (error) {
    return cursor.fail((error as Error).message, start);
  }
}

function byK(cursor: PatternCursor): PatternEscape {
  const closer = closers[cursor.next];
  if (closer === undefined) cursor.fail(badK);
  cursor.at++;
  return { kind: "reference", to: cursor.name(closer) };
}
