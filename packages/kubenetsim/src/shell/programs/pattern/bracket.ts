import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import { type CharacterSet, PatternError } from "./pattern.ts";

/** Characters by name, pairs of the first and the last (POSIX, XBD 7.3.1 LC_CTYPE, the C locale). */
const classes: Readonly<Record<string, string>> = {
  alpha: "AZaz",
  digit: "09",
  alnum: "AZaz09",
  upper: "AZ",
  lower: "az",
  space: "\t\r  ",
  blank: "\t\t  ",
  punct: "!/:@[`{~",
  print: " ~",
  graph: "!~",
  cntrl: "\0\x1f\x7f\x7f",
  xdigit: "09AFaf",
};

type Range = readonly [from: number, to: number];

/**
 * A bracket expression, and the index behind it; a backslash means itself there.
 *
 * @throws PatternError in grep's words, UnsupportedError for `[.a.]` and `[=a=]`
 */
export function readBracket(pattern: string, from: number): { readonly set: CharacterSet; readonly end: number } {
  const isNegated = pattern[from + 1] === "^";
  const first = from + (isNegated ? 2 : 1);
  const ranges: Range[] = [];
  for (let at = first; at < pattern.length; ) {
    if (pattern[at] === "]" && at > first) {
      refuseNamedClass(pattern.slice(from, at + 1));
      return { set: { ranges, isNegated }, end: at + 1 };
    }
    const found = namedClass(pattern, at) ?? range(pattern, at);
    ranges.push(...found.ranges);
    at = found.end;
  }
  throw unended();
}

function unended(): PatternError {
  return new PatternError("Unmatched [, [^, [:, [., or [=");
}

/** `[:space:]` is not taken for the set of its letters. */
function refuseNamedClass(whole: string): void {
  if (/^\[:.*:\]$/.test(whole)) throw new PatternError("character class syntax is [[:space:]], not [:space:]");
}

function namedClass(pattern: string, at: number): { ranges: readonly Range[]; end: number } | undefined {
  const opening = /^\[([:.=])/.exec(pattern.slice(at, at + 2));
  if (opening === null) return undefined;
  const end = pattern.indexOf(`${opening[1]}]`, at + 2);
  if (end < 0) throw unended();
  if (opening[1] !== ":")
    throw new UnsupportedError(`${pattern.slice(at, end + 2)} in a pattern`, "name the characters");
  const name = pattern.slice(at + 2, end);
  if (!Object.hasOwn(classes, name)) throw new PatternError("Invalid character class name");
  const edges = [...classes[name]!].map((char) => char.codePointAt(0)!);
  const ranges = edges.flatMap((edge, i): Range[] => (i % 2 === 0 ? [[edge, edges[i + 1]!]] : []));
  return { ranges, end: end + 2 };
}

/** A character, or `a-z`. */
function range(pattern: string, at: number): { ranges: readonly Range[]; end: number } {
  const low = pattern.codePointAt(at)!;
  const dash = at + (low > 0xffff ? 2 : 1);
  const high = pattern.codePointAt(dash + 1);
  if (pattern[dash] !== "-" || high === undefined || high === 0x5d) return { ranges: [[low, low]], end: dash };
  if (/^\[[:.=]/.test(pattern.slice(dash + 1))) throw new UnsupportedError("a range to a named character", "grep");
  if (low > high) throw new PatternError("Invalid range end");
  return { ranges: [[low, high]], end: dash + 1 + (high > 0xffff ? 2 : 1) };
}
