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

/** `\\w` and the like, which GNU grep has in both kinds. */
const sets: Readonly<Record<string, string>> = { w: "[A-Za-z0-9_]", W: "[^A-Za-z0-9_]", s: "\\s", S: "\\S" };
const assertions: Readonly<Record<string, string>> = {
  b: "\\b",
  B: "\\B",
  "<": "\\b(?=\\w)",
  ">": "\\b(?<=\\w)",
};

/** What a part of a pattern is: what may be repeated, what repeats it, and what stands between. */
interface Part {
  readonly kind: "atom" | "repeat" | "assertion" | "open" | "close" | "or";
  /** In JavaScript. */
  readonly text: string;
  /** How many characters of the pattern it takes. */
  readonly length: number;
}

/**
 * What a POSIX regular expression, basic or extended (`grep`, `grep -E`), is in JavaScript. Where it can match in several ways
 * the leftmost is taken and not always the longest, which only `grep -o` would show.
 *
 * @throws UnsupportedError for what cannot be said, as a repetition of what is repeated
 */
export function jsPattern(pattern: string, kind: "basic" | "extended" | "fixed"): string {
  if (kind === "fixed") return escaped(pattern);
  let source = "";
  let before: Part["kind"] | undefined;
  for (let at = 0; at < pattern.length; ) {
    const atStart = before === undefined || before === "open" || before === "or";
    const rest = pattern.slice(at);
    const part = kind === "basic" ? basicPart(rest, atStart, source === "^") : extendedPart(rest);
    if (part.kind === "repeat" && before !== "atom" && before !== "close") {
      throw new UnsupportedError(
        `${JSON.stringify(rest.slice(0, part.length))} in the pattern ${pattern}`,
        "there is nothing that it repeats",
      );
    }
    source += part.text;
    before = part.kind;
    at += part.length;
  }
  return source;
}

function basicPart(rest: string, atStart: boolean, isBehindAnchor: boolean): Part {
  const [char = ""] = rest;
  if (rest.startsWith("\\{")) return interval(rest, /^\\\{(\d*)(,?)(\d*)\\\}/);
  if (char === "\\" && "+?".includes(rest[1] ?? "x")) return { kind: "repeat", text: rest[1]!, length: 2 };
  if (char === "\\" && "()|".includes(rest[1] ?? "x")) return structure(rest[1]!, 2);
  if (char === "*") {
    const isPlain = atStart || isBehindAnchor;
    return isPlain ? { kind: "atom", text: "\\*", length: 1 } : { kind: "repeat", text: "*", length: 1 };
  }
  if (char === "^" && atStart) return { kind: "assertion", text: "^", length: 1 };
  if (char === "$" && /^\$(?:$|\\[)|])/.test(rest)) return { kind: "assertion", text: "$", length: 1 };
  return char === "\\" || char === "[" || char === "."
    ? plainPart(rest)
    : { kind: "atom", text: escaped(char), length: 1 };
}

function extendedPart(rest: string): Part {
  const [char = ""] = rest;
  if ("*+?".includes(char)) return { kind: "repeat", text: char, length: 1 };
  if (/^\{(?:\d+,?\d*|,\d+)\}/.test(rest)) return interval(rest, /^\{(\d*)(,?)(\d*)\}/);
  if ("()|".includes(char)) return structure(char, 1);
  if ("^$".includes(char)) return { kind: "assertion", text: char, length: 1 };
  return plainPart(rest);
}

/** What both kinds have alike. */
function plainPart(rest: string): Part {
  const [char = "", next] = rest;
  if (char === "[") {
    const { text, end } = bracket(rest, 0);
    return { kind: "atom", text, length: end + 1 };
  }
  if (char === ".") return { kind: "atom", text: ".", length: 1 };
  if (char !== "\\") return { kind: "atom", text: escaped(char), length: 1 };
  if (next === undefined) throw new UnsupportedError("a pattern that ends in a backslash", "grep");
  if (next in assertions) return { kind: "assertion", text: assertions[next]!, length: 2 };
  if (/[1-9]/.test(next)) return { kind: "atom", text: `\\${next}`, length: 2 };
  return { kind: "atom", text: sets[next] ?? escaped(next), length: 2 };
}

function structure(char: string, length: number): Part {
  return { kind: char === "(" ? "open" : char === ")" ? "close" : "or", text: char, length };
}

function interval(rest: string, form: RegExp): Part {
  const found = form.exec(rest);
  if (found === null) throw new UnsupportedError(`${JSON.stringify(rest)} in a pattern`, "grep");
  const [whole, from, comma, to] = found;
  return { kind: "repeat", text: `{${from || 0}${comma}${to}}`, length: whole.length };
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
