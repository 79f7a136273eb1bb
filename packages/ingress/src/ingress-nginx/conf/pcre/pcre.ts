import { GoPattern } from "@kubenetsim/core/pattern/go-pattern";
import { PatternSyntaxError } from "@kubenetsim/core/pattern/pattern-syntax-error";
import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import { backtrackingOf } from "./backtracking.ts";
import { pcreMistake } from "./pcre-mistake.ts";

/** What the whole and each group caught; undefined for a group that took no part. */
export type PcreMatch = readonly (string | undefined)[];

/** Steps that a search may take that tries one way after the other. */
const mostSteps = 1_000_000;

/**
 * A regular expression of nginx: PCRE over bytes, one character each. Searches end in bounded time. One that tries one way after
 * the other, as PCRE does, is made where it must be short; else all ways are gone at once, which finds the same. PCRE itself gives up
 * after so many tries, and nginx answers 500 then; here it is searched to the end.
 */
export class Pcre {
  readonly #pattern: string;
  readonly #ignoresCase: boolean;
  /** JavaScript's own, where it means the same. */
  readonly #tried: RegExp | undefined;
  /** Longest text for which trying is short. */
  readonly #mostCharacters: number;
  #atOnce: GoPattern | "none" | undefined;

  constructor(pattern: string, ignoresCase: boolean, tried: RegExp | undefined) {
    const { isExplosive, repetitions, choices, catchesInRepetition } = backtrackingOf(pattern);
    this.#pattern = pattern;
    this.#ignoresCase = ignoresCase;
    this.#tried = catchesInRepetition && this.atOnce !== undefined ? undefined : tried;
    const places = repetitions + (pattern.startsWith("^") ? 0 : 1);
    this.#mostCharacters = isExplosive ? 0 : Math.floor((mostSteps / 2 ** choices) ** (1 / Math.max(places, 1)));
  }

  /** undefined for what looks around or back, and for possessive repetitions, which have no such search. */
  get atOnce(): GoPattern | undefined {
    this.#atOnce ??= compileAtOnce(this.#pattern, this.#ignoresCase) ?? "none";
    return this.#atOnce === "none" ? undefined : this.#atOnce;
  }

  /** @throws UnsupportedError for a text that is too long for a pattern that can only be tried */
  test(text: string): boolean {
    return this.#isShort(text) ? this.#tried!.test(text) : this.#gone(text).test(text);
  }

  /** The leftmost match. @throws UnsupportedError as `test` */
  exec(text: string): PcreMatch | undefined {
    if (!this.#isShort(text)) return this.#gone(text).exec(text);
    return this.#tried!.exec(text) ?? undefined;
  }

  /** Beyond ASCII JavaScript has other letters and line ends than PCRE. */
  #isShort(text: string): boolean {
    if (this.#tried === undefined || text.length > this.#mostCharacters) return false;
    return isAscii(text) || this.atOnce === undefined;
  }

  #gone(text: string): GoPattern {
    if (this.atOnce !== undefined) return this.atOnce;
    const what = `a search in ${text.length} characters by the regular expression ${this.#pattern}`;
    throw new UnsupportedError(what, "its time has no bound");
  }
}

/**
 * A regular expression of nginx; undefined for one that does not compile. `~*` and `(?i)` do not tell capitals from small letters.
 *
 * @throws UnsupportedError for what neither JavaScript nor a search of all ways at once has a word for
 */
export function compilePcre(pattern: string, { ignoresCase = true }: { ignoresCase?: boolean } = {}): Pcre | undefined {
  const isCommon = foreignPart(pattern) === undefined;
  if (pcreMistake(pattern) !== undefined) return undefined;
  const tried = isCommon ? compileInJavaScript(pattern, ignoresCase) : undefined;
  const compiled = new Pcre(pattern, ignoresCase, tried);
  if (tried !== undefined || compiled.atOnce !== undefined) return compiled;
  throw new UnsupportedError(`the regular expression ${pattern}: ${foreignPart(pattern) ?? pattern}`, "a path");
}

/** What PCRE reads otherwise than JavaScript: other groups, escapes, possessive repetitions, classes by name, `]` first in a class. */
const foreign =
  /\(\?(?!:|=|!|<=|<!|<[A-Za-z_]\w*>)|\\(?!x[0-9A-Fa-f]{2}|[dDwWsSbBnrtf1-9]|[^0-9A-Za-z]|$)|[*+?}]\+|\[\^?\]|\[\[:|\(\*/;

function foreignPart(pattern: string): string | undefined {
  return foreign.exec(pattern)?.[0];
}

function compileInJavaScript(pattern: string, ignoresCase: boolean): RegExp | undefined {
  try {
    return new RegExp(pattern, ignoresCase ? "i" : "");
  } catch {
    return undefined;
  }
}

function compileAtOnce(pattern: string, ignoresCase: boolean): GoPattern | undefined {
  try {
    return new GoPattern(ignoresCase ? `(?i)${pattern}` : pattern);
  } catch (error) {
    if (error instanceof PatternSyntaxError || error instanceof UnsupportedError) return undefined;
    throw error;
  }
}

function isAscii(text: string): boolean {
  return !/[^\x20-\x7e]/.test(text);
}
