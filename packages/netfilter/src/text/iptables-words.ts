import { ParseError, UnsupportedError } from "@kubenetsim/core/runtime/errors";
import { addToHash, knownWord } from "./known-words.ts";

/**
 * The words of one line, as iptables-restore splits it: blanks separate, double quotes hold together, a backslash inside
 * quotes takes the next character as it is. One object is used for all lines of a text.
 */
export class LineWords {
  readonly source: string;
  /** Names of the sets that rules may ask for; undefined for any. */
  readonly sets: ReadonlySet<string> | undefined;
  /** The first `count` are the line's, the rest is left of longer lines: to shrink and grow it would cost more than the words. */
  readonly words: string[] = [];
  count = 0;
  /** Where each word starts, counted from 1. */
  readonly columns: number[] = [];
  line = 0;
  table = "";
  chain = "";
  /** The next word to read. */
  next = 0;

  constructor(source: string, sets?: ReadonlySet<string>) {
    this.source = source;
    this.sets = sets;
  }

  /** The line of `text` from `start` to `end`. */
  split(text: string, start: number, end: number, line: number): void {
    this.line = line;
    this.next = 0;
    this.count = 0;
    let at = start;
    while (at < end) {
      const code = text.charCodeAt(at);
      if (code === 32 || code === 9 || code === 13) {
        at++;
        continue;
      }
      this.columns[this.count] = at - start + 1;
      const from = at;
      let hash = 0;
      let next = code;
      while (next !== 32 && next !== 9 && next !== 13 && next !== 34) {
        hash = addToHash(hash, next);
        if (++at === end) break;
        next = text.charCodeAt(at);
      }
      if (at < end && next === 34) at = this.#quoted(text, from, end);
      else this.words[this.count++] = knownWord(text, from, at, hash) ?? text.slice(from, at);
    }
  }

  /** A word with quotes in it; returns where it ends. */
  #quoted(text: string, from: number, end: number): number {
    const close = text.indexOf('"', from + 1);
    if (text.charCodeAt(from) === 34 && close > 0 && isPlainQuote(text, from + 1, close, end)) {
      this.words[this.count++] = text.slice(from + 1, close);
      return close + 1;
    }
    let word = "";
    let inside = false;
    let at = from;
    for (; at < end; at++) {
      const char = text[at]!;
      if (inside && char === "\\") word += text[++at] ?? "";
      else if (char === '"') inside = !inside;
      else if (!inside && (char === " " || char === "\t" || char === "\r")) break;
      else word += char;
    }
    if (inside) throw this.error("a quote is not closed", this.count);
    this.words[this.count++] = word;
    return at;
  }

  get done(): boolean {
    return this.next >= this.count;
  }

  take(what: string): string {
    if (this.next >= this.count) throw this.error(`${what} is missing at the end of the line`, this.next - 1);
    return this.words[this.next++]!;
  }

  /** An error at the word just taken, or at the `index`th. */
  error(message: string, index: number = this.next - 1, hint?: string): ParseError {
    return new ParseError(message, { position: this.#position(index), ...(hint === undefined ? {} : { hint }) });
  }

  unsupported(what: string, index: number = this.next - 1): UnsupportedError {
    const where = `table ${this.table}, chain ${this.chain}, line ${this.line}`;
    return new UnsupportedError(what, where, this.#position(index));
  }

  #position(index: number): { source: string; line: number; column: number } {
    return { source: this.source, line: this.line, column: this.columns[index] ?? 1 };
  }

  /** A decimal (or with `anyBase`, C-style hex or octal) number in a range. */
  number(what: string, max: number, anyBase = false): number {
    return this.numberOf(this.take(what), what, max, anyBase);
  }

  /** The value of a match's option, in any base; refused as libxtables does (xtables_option_parse). */
  optionNumber(match: string, option: string, min: number, max: number): number {
    const value = parseAnyBase(this.take("a value"));
    if (value >= min && value <= max) return value;
    throw this.error(`${match}: bad value for option "${option}", or out of range (${min}-${max}).`);
  }

  numberOf(word: string, what: string, max: number, anyBase = false): number {
    const value = anyBase ? parseAnyBase(word) : parseDecimal(word);
    if (!(value <= max)) throw this.error(`${what} is not a number from 0 to ${max}: ${word}`);
    return value;
  }
}

/** No backslash up to the closing quote, and a blank or the end after it. */
function isPlainQuote(text: string, from: number, close: number, end: number): boolean {
  if (close >= end) return false;
  for (let i = from; i < close; i++) if (text.charCodeAt(i) === 92) return false;
  return close + 1 === end || text.charCodeAt(close + 1) === 32;
}

/** Digits alone, as a number; NaN for anything else. */
function parseDecimal(word: string): number {
  let value = 0;
  for (let i = 0; i < word.length; i++) {
    const digit = word.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return word.length === 0 ? Number.NaN : value;
}

function parseAnyBase(word: string): number {
  if (/^0[xX][0-9a-fA-F]+$/.test(word)) return Number.parseInt(word, 16);
  if (/^0[0-7]+$/.test(word)) return Number.parseInt(word, 8);
  return parseDecimal(word);
}

/** A word as `iptables-save` prints it (libxtables' xtables_save_string): bare when harmless, else quoted and escaped. */
export function quoteWord(word: string): string {
  return /^[-_0-9a-zA-Z]+$/.test(word) ? word : `"${word.replace(/["\\']/g, "\\$&")}"`;
}
