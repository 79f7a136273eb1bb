import { readBracket } from "./programs/pattern/bracket.ts";
import { PatternError } from "./programs/pattern/pattern.ts";

/**
 * What a pattern for files fits (POSIX, XCU 2.13): `*`, `?`, `[a-z]`, `[!a-z]`; a `[` that does not end means itself.
 *
 * @param pattern the same text, with blanks where it was quoted
 */
export function filePattern(text: string, pattern: string): RegExp {
  let source = "";
  for (let at = 0; at < text.length; at++) {
    const bracket = pattern[at] === "[" ? bracketAt(pattern, at) : undefined;
    if (bracket !== undefined) {
      source += bracket.source;
      at = bracket.end - 1;
    } else if (pattern[at] === "*") source += "[^/]*";
    else source += pattern[at] === "?" ? "[^/]" : text[at]!.replace(/[.*+?^${}()|[\]\\/]/, "\\$&");
  }
  return new RegExp(`^(?:\\./)?${source}$`, "u");
}

function bracketAt(pattern: string, at: number): { readonly source: string; readonly end: number } | undefined {
  try {
    const spelled = pattern[at + 1] === "!" ? `${pattern.slice(0, at + 1)}^${pattern.slice(at + 2)}` : pattern;
    const { set, end } = readBracket(spelled, at);
    const inBraces = (code: number): string => `\\u{${code.toString(16)}}`;
    const ranges = set.ranges.map(([from, to]) => `${inBraces(from)}-${inBraces(to)}`).join("");
    return { source: `[${set.isNegated ? "^/" : ""}${ranges}]`, end };
  } catch (reason) {
    if (reason instanceof PatternError) return undefined;
    throw reason;
  }
}
