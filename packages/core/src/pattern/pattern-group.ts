import { PatternSyntaxError } from "./pattern-syntax-error.ts";

/** What `(?imsU)` sets. */
export interface PatternFlags {
  readonly ignoresCase: boolean;
  readonly isMultiline: boolean;
  readonly dotTakesAll: boolean;
  readonly isLazy: boolean;
}

const flagNames: ReadonlyMap<string, keyof PatternFlags> = new Map([
  ["i", "ignoresCase"],
  ["m", "isMultiline"],
  ["s", "dotTakesAll"],
  ["U", "isLazy"],
]);

/** The name of a group `(?P<name>` or `(?<name>` that begins here, and where its inside begins. */
export function readName(text: string, begin: number): { name: string; end: number } | undefined {
  const left = text.length - begin;
  const isLong = left > 4 && text.startsWith("(?P<", begin);
  if (!isLong && !(left > 3 && text.startsWith("(?<", begin))) return undefined;
  const end = text.indexOf(">", begin);
  if (end < 0) throw new PatternSyntaxError("invalid named capture", text.slice(begin));
  const name = text.slice(begin + (isLong ? 4 : 3), end);
  if (!/^\w+$/.test(name)) throw new PatternSyntaxError("invalid named capture", text.slice(begin, end + 1));
  return { name, end: end + 1 };
}

/** The flags of `(?i)`, or of `(?i:`, which opens a group, too. */
export function readFlags(
  text: string,
  begin: number,
  before: PatternFlags,
): { flags: PatternFlags; isGroup: boolean; end: number } {
  let flags = before;
  let isOn = true;
  let isNamed = false;
  let at = begin + 2;
  while (at < text.length) {
    const char = String.fromCodePoint(text.codePointAt(at)!);
    at += char.length;
    const flag = flagNames.get(char);
    if (flag !== undefined) {
      flags = { ...flags, [flag]: isOn };
      isNamed = true;
    } else if (char === "-" && isOn) {
      isOn = false;
      isNamed = false;
    } else if ((char === ":" || char === ")") && (isOn || isNamed)) {
      return { flags, isGroup: char === ":", end: at };
    } else break;
  }
  throw new PatternSyntaxError("invalid or unsupported Perl syntax", text.slice(begin, at));
}
