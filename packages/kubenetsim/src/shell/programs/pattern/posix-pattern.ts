import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import { readBracket } from "./bracket.ts";
import { literal, type Pattern, PatternError, type Place } from "./pattern.ts";

/** How deep groups and repetitions may stand in one another. */
const mostDepth = 200;
/** RE_DUP_MAX. */
const mostRepeats = 32_767;

const places: Readonly<Record<string, Place>> = {
  b: "word edge",
  B: "no word edge",
  "<": "word start",
  ">": "word end",
};
const wordRanges = [
  [48, 57],
  [65, 90],
  [95, 95],
  [97, 122],
] as const;
const blankRanges = [
  [9, 13],
  [32, 32],
] as const;
/** `\w` and the like, which GNU grep has in both kinds. */
const sets: Readonly<Record<string, Pattern>> = {
  w: { kind: "character", set: { ranges: wordRanges, isNegated: false } },
  W: { kind: "character", set: { ranges: wordRanges, isNegated: true } },
  s: { kind: "character", set: { ranges: blankRanges, isNegated: false } },
  S: { kind: "character", set: { ranges: blankRanges, isNegated: true } },
};
const anyCharacter: Pattern = { kind: "character", set: { ranges: [], isNegated: true } };

/** What stands next in a pattern: an operator, or something that is looked for. */
type Token =
  | { readonly kind: "open" | "close" | "or"; readonly length: number }
  | { readonly kind: "repeat"; readonly from: number; readonly to: number; readonly length: number }
  | { readonly kind: "part"; readonly part: Pattern; readonly length: number };

/**
 * Takes a POSIX regular expression apart, basic or extended (`grep`, `grep -E`), with what GNU grep 3.8 has besides.
 *
 * @throws PatternError for what grep does not take, UnsupportedError for back-references and repetitions of nothing
 */
export function readPattern(text: string, kind: "basic" | "extended"): Pattern {
  return new PatternReader(text, kind).read();
}

class PatternReader {
  readonly #text: string;
  readonly #kind: "basic" | "extended";
  #at = 0;

  constructor(text: string, kind: "basic" | "extended") {
    this.#text = text;
    this.#kind = kind;
  }

  read(): Pattern {
    const pattern = this.#either(0);
    if (this.#at >= this.#text.length) return pattern;
    if (this.#kind === "basic") throw new PatternError("Unmatched ) or \\)");
    throw new UnsupportedError(`a ) that closes nothing in the pattern ${this.#text}`, "write \\)");
  }

  /** Up to the end, or to a closing parenthesis. */
  #either(depth: number): Pattern {
    if (depth > mostDepth) throw this.#tooDeep();
    const branches: Pattern[] = [];
    for (;;) {
      branches.push(this.#sequence(depth));
      if (this.#next(false)?.kind !== "or") break;
      this.#take(false);
    }
    return branches.length === 1 ? branches[0]! : { kind: "either", branches };
  }

  #sequence(depth: number): Pattern {
    const parts: Pattern[] = [];
    for (;;) {
      const token = this.#next(parts.length === 0, parts.at(-1));
      if (token === undefined || token.kind === "or" || token.kind === "close") break;
      this.#at += token.length;
      if (token.kind === "open") parts.push(this.#repeated(this.#group(depth), depth));
      else if (token.kind === "part" && token.part.kind === "assertion") parts.push(token.part);
      else if (token.kind === "part") parts.push(this.#repeated(token.part, depth));
      else throw this.#nothingRepeated();
    }
    return parts.length === 1 ? parts[0]! : { kind: "sequence", parts };
  }

  #group(depth: number): Pattern {
    const group = this.#either(depth + 1);
    if (this.#next(false)?.kind !== "close") throw new PatternError("Unmatched ( or \\(");
    this.#take(false);
    return group;
  }

  /** With what repeats it; a repetition may be repeated. */
  #repeated(part: Pattern, depth: number): Pattern {
    let whole = part;
    for (let deep = depth; ; ) {
      const token = this.#next(false);
      if (token?.kind !== "repeat") return whole;
      this.#at += token.length;
      const joined = oneRepeat(whole, token);
      if (joined === undefined && ++deep > mostDepth) throw this.#tooDeep();
      whole = joined ?? { kind: "repeat", part: whole, from: token.from, to: token.to };
    }
  }

  #take(isFirst: boolean): void {
    this.#at += this.#next(isFirst)!.length;
  }

  #next(isFirst: boolean, before?: Pattern): Token | undefined {
    const rest = this.#text.slice(this.#at, this.#at + 64);
    if (rest === "") return undefined;
    const operator = this.#kind === "basic" ? basicToken(rest, isFirst, before) : extendedToken(rest);
    return operator ?? plainToken(rest, this.#text, this.#at);
  }

  #tooDeep(): UnsupportedError {
    return new UnsupportedError(`a pattern with more than ${mostDepth} groups in one another`, "grep");
  }

  #nothingRepeated(): UnsupportedError {
    return new UnsupportedError(`a repetition in the pattern ${this.#text}`, "there is nothing that it repeats");
  }
}

/** `a*+` is `a*`: of repetitions of none, one and any number one is left. */
function oneRepeat(whole: Pattern, { from, to }: { readonly from: number; readonly to: number }): Pattern | undefined {
  const isSimple = (low: number, high: number): boolean => low < 2 && (high === 1 || high === Number.POSITIVE_INFINITY);
  if (whole.kind !== "repeat" || !isSimple(whole.from, whole.to) || !isSimple(from, to)) return undefined;
  return { ...whole, from: whole.from * from, to: whole.to * to };
}

function basicToken(rest: string, isFirst: boolean, before: Pattern | undefined): Token | undefined {
  const [char, next = ""] = rest;
  const isBehindAnchor = before?.kind === "assertion" && before.place === "line start";
  if (rest.startsWith("\\{")) return basicInterval(rest);
  if (char === "\\" && "+?".includes(next || "x")) return repeat(next, 2);
  if (char === "\\" && "()|".includes(next || "x")) return structure(next, 2);
  if (char === "*" && !isFirst && !isBehindAnchor) return repeat("*", 1);
  if (char === "^" && isFirst) return assertion("line start", 1);
  if (char === "$" && /^\$(?:$|\\[)|])/.test(rest)) return assertion("line end", 1);
  return undefined;
}

function extendedToken(rest: string): Token | undefined {
  const [char = ""] = rest;
  if ("*+?".includes(char)) return repeat(char, 1);
  const interval = /^\{(\d*)(,?)(\d*)\}/.exec(rest);
  if (interval !== null) return intervalToken(interval);
  if ("()|".includes(char)) return structure(char, 1);
  if (char === "^") return assertion("line start", 1);
  return char === "$" ? assertion("line end", 1) : undefined;
}

/** What both kinds have alike. */
function plainToken(rest: string, text: string, at: number): Token {
  const char = String.fromCodePoint(rest.codePointAt(0)!);
  if (char === "[") {
    const { set, end } = readBracket(text, at);
    return { kind: "part", part: { kind: "character", set }, length: end - at };
  }
  if (char === ".") return { kind: "part", part: anyCharacter, length: 1 };
  if (char !== "\\") return { kind: "part", part: literal(char), length: char.length };
  if (rest.length === 1) throw new PatternError("Trailing backslash");
  const next = String.fromCodePoint(rest.codePointAt(1)!);
  if (Object.hasOwn(places, next)) return assertion(places[next]!, 2);
  if (/[1-9]/.test(next))
    throw new UnsupportedError(`the back-reference \\${next} in a pattern`, "write out what it means");
  return { kind: "part", part: Object.hasOwn(sets, next) ? sets[next]! : literal(next), length: 1 + next.length };
}

function basicInterval(rest: string): Token {
  const found = /^\\\{(\d*)(,?)(\d*)\\\}/.exec(rest);
  if (found !== null) return intervalToken(found);
  throw new PatternError(rest.includes("\\}") ? "Invalid content of \\{\\}" : "Unmatched \\{");
}

function intervalToken([whole, from = "", comma, to = ""]: RegExpExecArray): Token {
  const low = Number(from);
  const high = comma === "" ? low : to === "" ? Number.POSITIVE_INFINITY : Number(to);
  if (low > high || from + comma + to === "") throw new PatternError("Invalid content of \\{\\}");
  if (low > mostRepeats || (high > mostRepeats && high !== Number.POSITIVE_INFINITY)) {
    throw new PatternError("Regular expression too big");
  }
  return { kind: "repeat", from: low, to: high, length: whole.length };
}

function repeat(char: string, length: number): Token {
  return { kind: "repeat", from: char === "+" ? 1 : 0, to: char === "?" ? 1 : Number.POSITIVE_INFINITY, length };
}

function structure(char: string, length: number): Token {
  return { kind: char === "(" ? "open" : char === ")" ? "close" : "or", length };
}

function assertion(place: Place, length: number): Token {
  return { kind: "part", part: { kind: "assertion", place }, length };
}
