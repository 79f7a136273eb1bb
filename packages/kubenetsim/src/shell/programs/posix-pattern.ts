import { UnsupportedError } from "@kubenetsim/core/runtime/errors";

const classes: Readonly<Record<string, string>> = {
  alpha: "A-Za-z",
  digit: "0-9",
  alnum: "A-Za-z0-9",
  upper: "A-Z",
  lower: "a-z",
  space: " \\t\\n\\r\\f\\v",
  blank: " \\t",
  punct: "!-\\/:-@\\[-`{-~",
  print: " -~",
  graph: "!-~",
  cntrl: "\\x00-\\x1f\\x7f",
  xdigit: "0-9A-Fa-f",
};

/** `\w` and the like, which GNU grep has in both kinds. */
const escapes: Readonly<Record<string, string>> = {
  w: "[A-Za-z0-9_]",
  W: "[^A-Za-z0-9_]",
  s: "\\s",
  S: "\\S",
  b: "\\b",
  B: "\\B",
  "<": "\\b(?=\\w)",
  ">": "\\b(?<=\\w)",
};

/**
 * What a POSIX regular expression, basic or extended (`grep`, `grep -E`), is in JavaScript. Where it can match in several ways
 * the leftmost is taken and not always the longest, which only `grep -o` would show.
 *
 * @throws UnsupportedError for what cannot be said
 */
export function jsPattern(pattern: string, kind: "basic" | "extended" | "fixed"): string {
  if (kind === "fixed") return escaped(pattern);
  let source = "";
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at]!;
    if (char === "[") {
      const { text, end } = bracket(pattern, at);
      source += text;
      at = end;
    } else if (char === "\\") source += escapeOf(pattern[++at], kind);
    else if (kind === "basic") source += basic(char, isAtStart(pattern, at), isAtEnd(pattern, at));
    else if (char === "*" && isAtStart(pattern, at)) source += "\\*";
    else if (char === "{" && !/^\{\d*,?\d*\}/.test(pattern.slice(at))) source += "\\{";
    else source += char === "}" && !/\{\d*,?\d*$/.test(pattern.slice(0, at)) ? "\\}" : char;
  }
  return source;
}

/** Letters that mean themselves in a basic expression unless a backslash stands before them. */
function basic(char: string, atStart: boolean, atEnd: boolean): string {
  if ("+?{}()|".includes(char)) return `\\${char}`;
  if (char === "*") return atStart ? "\\*" : "*";
  if (char === "^") return atStart ? "^" : "\\^";
  if (char === "$") return atEnd ? "$" : "\\$";
  return char === "/" ? "\\/" : char;
}

function isAtStart(pattern: string, at: number): boolean {
  return at === 0 || /(?:\\\(|\\\||^\^)$/.test(pattern.slice(0, at));
}

function isAtEnd(pattern: string, at: number): boolean {
  return at === pattern.length - 1 || /^\\[)|]/.test(pattern.slice(at + 1));
}

function escapeOf(char: string | undefined, kind: "basic" | "extended"): string {
  if (char === undefined) throw new UnsupportedError("a pattern that ends in a backslash", "grep");
  if (/[1-9]/.test(char)) return `\\${char}`;
  if (char in escapes) return escapes[char]!;
  if (kind === "basic" && "+?{}()|".includes(char)) return char;
  if (/[a-zA-Z]/.test(char)) return char;
  return /[\^$\\.*+?()[\]{}|/]/.test(char) ? `\\${char}` : char;
}

/** A bracket expression: a backslash means itself there. */
function bracket(pattern: string, from: number): { text: string; end: number } {
  let at = from + 1;
  let text = "[";
  if (pattern[at] === "^") {
    text += "^";
    at++;
  }
  for (let first = true; at < pattern.length; at++, first = false) {
    const char = pattern[at]!;
    if (char === "]" && !first) return { text: `${text}]`, end: at };
    const named = /^\[:(\w+):\]/.exec(pattern.slice(at));
    if (named !== null && classes[named[1]!] !== undefined) {
      text += classes[named[1]!];
      at += named[0].length - 1;
    } else if (/^\[[:.=]/.test(pattern.slice(at)))
      throw new UnsupportedError(`${pattern.slice(at, at + 12)} in a pattern`, "grep");
    else text += /[\\\]^[]/.test(char) ? `\\${char}` : char;
  }
  throw new UnsupportedError(`the pattern ${JSON.stringify(pattern)}, whose [ does not end,`, "grep");
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}
