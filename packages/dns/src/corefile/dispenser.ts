import { ParseError, type SourcePosition } from "@kubenetsim/core/runtime/errors";
import type { CorefileWord } from "./corefile.ts";

/**
 * Goes through words as the setup of the real plugins does, so that what they take, what they overlook and what they say of a
 * mistake is theirs (caddyfile/dispenser.go).
 *
 * @example
 * while (words.next()) {
 *   const zones = words.remainingArgs();
 *   while (words.nextBlock()) if (words.val() !== "ttl") throw words.argErr();
 * }
 */
export class Dispenser {
  protected words: readonly CorefileWord[];
  protected cursor = -1;
  #nesting = 0;
  readonly #source: string;
  /** Stands before each error: `plugin/cache: `. */
  readonly #prefix: string;

  constructor(source: string, words: readonly CorefileWord[], plugin?: string) {
    this.#source = source;
    this.words = words;
    this.#prefix = plugin === undefined ? "" : `plugin/${plugin}: `;
  }

  /** Goes to the next word. False where there is none. */
  next(): boolean {
    if (this.cursor >= this.words.length - 1) return false;
    this.cursor++;
    return true;
  }

  /** Goes to the next word if it stands on the same line. */
  nextArg(): boolean {
    if (this.cursor < 0) {
      this.cursor++;
      return true;
    }
    const here = this.words[this.cursor];
    const next = this.words[this.cursor + 1];
    if (here === undefined || next === undefined || lastLine(here) !== next.position.line) return false;
    this.cursor++;
    return true;
  }

  /** Goes to the next word of a block in braces that opens on this line. False at its closing brace. */
  nextBlock(): boolean {
    if (this.#nesting > 0) {
      if (!this.next()) return false;
      if (this.val() === "}") {
        this.#nesting--;
        return false;
      }
      if (this.val() !== "{") return true;
      this.cursor--;
    }
    if (!this.nextArg()) return false;
    if (this.val() !== "{") {
      this.cursor--;
      return false;
    }
    if (!this.next() || this.val() === "}") return false;
    this.#nesting++;
    return true;
  }

  /** The word it is at; empty before the first. */
  val(): string {
    return this.words[this.cursor]?.text ?? "";
  }

  /** Where the word stands that it is at. */
  position(): SourcePosition | undefined {
    return this.words[Math.max(this.cursor, 0)]?.position;
  }

  /** Goes over the rest of the line, up to an opening brace. */
  remainingArgs(): string[] {
    const args: string[] = [];
    while (this.nextArg()) {
      if (this.val() === "{") {
        this.cursor--;
        break;
      }
      args.push(this.val());
    }
    return args;
  }

  /** An argument is missing or too much. */
  argErr(): ParseError {
    if (this.val() === "{") return this.err("Unexpected token '{', expecting argument");
    return this.err(`Wrong argument count or unexpected line ending after '${this.val()}'`);
  }

  syntaxErr(expected: string): ParseError {
    return this.plainErr(
      `${this.#source}:${this.#line()} - Syntax error: Unexpected token '${this.val()}', expecting '${expected}'`,
    );
  }

  eofErr(): ParseError {
    return this.err("Unexpected EOF");
  }

  err(message: string): ParseError {
    return this.plainErr(`${this.#source}:${this.#line()} - Error during parsing: ${message}`);
  }

  /** An error that the real setup gives without saying where; the position stands beside it all the same. */
  plainErr(message: string): ParseError {
    const position = this.position();
    return new ParseError(this.#prefix + message, position === undefined ? {} : { position });
  }

  /** True where the word stands on another line than the one before it. */
  protected isNewLine(): boolean {
    const before = this.words[this.cursor - 1];
    const here = this.words[this.cursor];
    if (before === undefined) return true;
    return here !== undefined && lastLine(before) < here.position.line;
  }

  #line(): number {
    return this.words[this.cursor]?.position.line ?? 0;
  }
}

/** A quoted word can go over several lines. */
function lastLine(word: CorefileWord): number {
  return word.position.line + (word.text.includes("\n") ? word.text.split("\n").length - 1 : 0);
}
