import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import { LineFinder } from "../pattern/line-finder.ts";
import { PatternError } from "../pattern/pattern.ts";
import { readPattern } from "../pattern/posix-pattern.ts";

/** Which lines a command is for. */
export type SedAddress =
  | { readonly kind: "line"; readonly number: number }
  | { readonly kind: "last" }
  | { readonly kind: "pattern"; readonly finder: LineFinder };

export interface Substitution {
  readonly finder: LineFinder;
  /** Texts; undefined stands for what was found (`&`). */
  readonly replacement: readonly (string | undefined)[];
  /** From which match of a line on. */
  readonly first: number;
  readonly isGlobal: boolean;
  readonly prints: boolean;
}

export interface SedCommand {
  /** None for all lines; two for all from one to the other. */
  readonly addresses: readonly SedAddress[];
  /** `!` */
  readonly isNegated: boolean;
  readonly action: "delete" | "print" | "quit" | Substitution;
}

/** What sed says of a script that is none, without the program's name. */
export class ScriptError extends Error {
  override readonly name = "ScriptError";
}

const known = "known are s, p, d and q, behind line numbers, $, /patterns/ and !";
const actions: Readonly<Record<string, "delete" | "print" | "quit">> = { d: "delete", p: "print", q: "quit" };

/**
 * Reads a script of GNU sed 4.
 *
 * @throws ScriptError for what sed does not take, UnsupportedError for commands that are not known
 */
export function readScript(text: string, kind: "basic" | "extended"): SedCommand[] {
  return new ScriptReader(text, kind).read();
}

class ScriptReader {
  readonly #text: string;
  readonly #kind: "basic" | "extended";
  #at = 0;

  constructor(text: string, kind: "basic" | "extended") {
    this.#text = text;
    this.#kind = kind;
  }

  read(): SedCommand[] {
    const commands: SedCommand[] = [];
    for (;;) {
      this.#skip(/^[\s;]*/);
      if (this.#at >= this.#text.length) return commands;
      commands.push(this.#command());
    }
  }

  #command(): SedCommand {
    const addresses = this.#addresses();
    const isNegated = this.#skip(/^!+\s*/) !== "";
    const letter = this.#text[this.#at++];
    if (letter === undefined) throw this.#error("missing command");
    if (letter === "s") return { addresses, isNegated, action: this.#substitution() };
    if (!Object.hasOwn(actions, letter)) throw new UnsupportedError(`sed's command ${JSON.stringify(letter)}`, known);
    if (!/^[ \t]*(?:[;\n]|$)/.test(this.#text.slice(this.#at))) throw this.#error("extra characters after command", 1);
    return { addresses, isNegated, action: actions[letter]! };
  }

  #addresses(): SedAddress[] {
    const first = this.#address();
    if (first === undefined) return [];
    this.#skip(/^[ \t]*/);
    if (this.#text[this.#at] !== ",") return [first];
    this.#at++;
    this.#skip(/^[ \t]*/);
    const second = this.#address();
    if (second === undefined) throw this.#error("unexpected `,'", 1);
    this.#skip(/^[ \t]*/);
    return [first, second];
  }

  #address(): SedAddress | undefined {
    const number = this.#skip(/^\d+/);
    if (/^[~+]/.test(this.#text.slice(this.#at))) throw new UnsupportedError("steps in sed's addresses", known);
    if (number !== "") return { kind: "line", number: Number(number) };
    if (this.#skip(/^\$/) !== "") return { kind: "last" };
    if (this.#text[this.#at] !== "/") return undefined;
    this.#at++;
    const pattern = this.#until("/", "unterminated address regex");
    return { kind: "pattern", finder: this.#finder(pattern, this.#skip(/^I/) !== "") };
  }

  #substitution(): Substitution {
    const delimiter = this.#text[this.#at++];
    if (delimiter === undefined) throw this.#error("unterminated `s' command");
    const pattern = this.#until(delimiter, "unterminated `s' command");
    const replacement = readReplacement(this.#until(delimiter, "unterminated `s' command", false));
    const flags = this.#skip(/^[gpiI\d]*/);
    if (!/^[ \t]*(?:[;\n]|$)/.test(this.#text.slice(this.#at))) throw this.#error("unknown option to `s'", 1);
    const first = Number(/\d+/.exec(flags)?.[0] ?? 1);
    if (first === 0) throw this.#error("number option to `s' command may not be zero");
    return {
      finder: this.#finder(pattern, /i/i.test(flags)),
      replacement,
      first,
      isGlobal: flags.includes("g"),
      prints: flags.includes("p"),
    };
  }

  /** Up to a delimiter that is neither behind a backslash nor, in a pattern, in brackets. */
  #until(delimiter: string, problem: string, isPattern = true): string {
    let text = "";
    for (; this.#at < this.#text.length; this.#at++) {
      const char = this.#text[this.#at]!;
      if (char === delimiter) {
        this.#at++;
        return text;
      }
      const next = this.#text[this.#at + 1];
      if (char === "\\" && next !== undefined) {
        text += next === delimiter ? next : char + next;
        this.#at++;
      } else {
        const bracket = isPattern && char === "[" ? /^\[\^?\]?[^\]]*\]?/.exec(this.#text.slice(this.#at))![0] : char;
        text += bracket;
        this.#at += bracket.length - 1;
      }
    }
    throw this.#error(problem);
  }

  #finder(pattern: string, ignoresCase: boolean): LineFinder {
    if (pattern === "") throw new UnsupportedError("sed's empty pattern, which is the last one again,", "write it out");
    // A line has no end in it, and tabs have a letter here that they have not in grep.
    const plain = pattern.replace(/\\(.)/gs, (whole, letter) => ({ n: "\n", t: "\t" })[letter as string] ?? whole);
    try {
      return new LineFinder(readPattern(plain, this.#kind), ignoresCase);
    } catch (reason) {
      throw reason instanceof PatternError ? this.#error(reason.message) : reason;
    }
  }

  #skip(form: RegExp): string {
    const [found] = form.exec(this.#text.slice(this.#at)) ?? [""];
    this.#at += found.length;
    return found;
  }

  #error(problem: string, ahead = 0): ScriptError {
    return new ScriptError(`-e expression #1, char ${this.#at + ahead}: ${problem}`);
  }
}

function readReplacement(text: string): (string | undefined)[] {
  const parts: (string | undefined)[] = [];
  for (const [whole, escaped] of text.matchAll(/\\(.)|&|[^\\&]+|\\$/gs)) {
    if (whole === "&") parts.push(undefined);
    else if (escaped === undefined) parts.push(whole);
    else if (/[0-9LUluE]/.test(escaped)) {
      throw new UnsupportedError(`\\${escaped} in what sed writes`, "what was found is &; groups are not kept");
    } else parts.push(({ n: "\n", t: "\t" } as Readonly<Record<string, string>>)[escaped] ?? escaped);
  }
  return parts;
}
