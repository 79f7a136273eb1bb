import { ParseError, UnsupportedError } from "@kubenetsim/core/runtime/errors";
import type { Word } from "./command-list.ts";
import { type CommandSource, placeholder } from "./command-source.ts";

export type Token = WordToken | { readonly kind: "operator"; readonly text: string };

export interface WordToken extends Word {
  readonly kind: "word";
  readonly isQuoted: boolean;
  /** Before a command it would set this variable. */
  readonly variable?: string;
}

/** Longer ones first. A line end is one, too. */
const operators = ["<<<", "<<-", "<<", "<>", "<(", ">>", ">&", ">|", ">(", "&>", "&&", "||", "|&", ";;"];
const operatorLetters = "|&;<>()\n";

/** Takes a command line apart as a POSIX shell does (IEEE Std 1003.1, XCU 2.3 Token Recognition); expands nothing. */
export class Tokens {
  readonly #source: CommandSource;
  readonly #text: string;
  #at = 0;

  constructor(source: CommandSource) {
    this.#source = source;
    this.#text = source.text;
  }

  /** Undefined at the end. @throws ParseError for a quote that does not end, UnsupportedError for what a shell would expand */
  next(): Token | undefined {
    this.#skipBlanks();
    const char = this.#text[this.#at];
    if (char === undefined) return undefined;
    if (/[12]/.test(char) && this.#text[this.#at + 1] === ">") return this.#operator(this.#at + 1);
    return operatorLetters.includes(char) ? this.#operator(this.#at) : this.#word();
  }

  /** What stands from the next line on, until a line that is the delimiter. */
  hereDocument(
    { text: delimiter, isQuoted }: WordToken,
    isIndented: boolean,
    from: number,
  ): { text: string; end: number } {
    let text = "";
    for (let at = from; at < this.#text.length; ) {
      const end = this.#text.indexOf("\n", at) < 0 ? this.#text.length : this.#text.indexOf("\n", at);
      const start = isIndented ? at + /^\t*/.exec(this.#text.slice(at, end))![0].length : at;
      if (this.#text.slice(start, end) === delimiter) return { text, end };
      text += `${this.#lineOfDocument(start, end, isQuoted)}\n`;
      at = end + 1;
    }
    throw new ParseError(`the here-document is not ended by a line ${delimiter}`, {
      hint: `${delimiter} stands on a line of its own, without blanks before it`,
    });
  }

  /** Index of what comes next. */
  get at(): number {
    return this.#at;
  }

  /** The index at which the next line begins. */
  get nextLine(): number {
    const end = this.#text.indexOf("\n", this.#at);
    return end < 0 ? this.#text.length : end + 1;
  }

  skipTo(index: number): void {
    this.#at = index;
  }

  #lineOfDocument(start: number, end: number, isQuoted: boolean): string {
    let line = "";
    for (let at = start; at < end; at++) {
      const char = this.#text[at]!;
      if (char === placeholder) line += this.#source.valueAt(at);
      else if (isQuoted) line += char;
      else if (char === "\\" && "\\$`".includes(this.#text[at + 1] ?? "x")) line += this.#text[++at]!;
      else {
        this.#refuseExpansion(at);
        line += char;
      }
    }
    return line;
  }

  #skipBlanks(): void {
    for (;;) {
      const blanks = /^(?:[ \t\r]|\\\n)*(?:#[^\n]*)?/.exec(this.#text.slice(this.#at, this.#at + 4096))![0];
      if (blanks === "") return;
      this.#at += blanks.length;
    }
  }

  #operator(from: number): Token {
    const text = operators.find((one) => this.#text.startsWith(one, from)) ?? this.#text[from]!;
    const whole = this.#text.slice(this.#at, from) + text;
    this.#at = from + text.length;
    return { kind: "operator", text: whole };
  }

  #word(): WordToken {
    let text = "";
    let bare = "";
    let isQuoted = false;
    const home = /^~[\w.+-]*(?=[/\s|&;<>()]|$)/.exec(this.#text.slice(this.#at, this.#at + 80));
    if (home !== null) this.#refuse(home[0]);
    for (; this.#at < this.#text.length; this.#at++) {
      const char = this.#text[this.#at]!;
      if (/[ \t\r]/.test(char) || operatorLetters.includes(char)) break;
      let part = char;
      if (char === "'" || char === '"') part = char === "'" ? this.#singleQuoted() : this.#doubleQuoted();
      else if (char === "\\") part = this.#escaped();
      else if (char === placeholder) part = this.#source.valueAt(this.#at);
      else this.#refuseExpansion(this.#at);
      const isPlain = part === char && char !== "\\" && char !== placeholder;
      isQuoted ||= !isPlain;
      text += part;
      bare += isPlain ? char : " ".repeat(part.length);
    }
    if (/\{[^{}]*,[^{}]*\}|\{[^{}.,]+\.\.[^{}.,]+\}/.test(bare)) this.#refuse(text);
    const variable = /^([A-Za-z_]\w*)=/.exec(bare)?.[1];
    return {
      kind: "word",
      text,
      isQuoted,
      ...(/[*?[]/.test(bare) ? { pattern: bare } : {}),
      ...(variable === undefined ? {} : { variable }),
    };
  }

  /** From one quote to the next; stands on it then. */
  #singleQuoted(): string {
    const end = this.#text.indexOf("'", this.#at + 1);
    if (end < 0) throw this.#unended();
    let text = "";
    for (let at = this.#at + 1; at < end; at++) text += this.#charAt(at);
    this.#at = end;
    return text;
  }

  #doubleQuoted(): string {
    let text = "";
    for (let at = this.#at + 1; at < this.#text.length; at++) {
      const char = this.#text[at]!;
      if (char === '"') {
        this.#at = at;
        return text;
      }
      if (char === "\\" && '"\\$`'.includes(this.#text[at + 1] ?? "x")) text += this.#text[++at]!;
      else if (char === "\\" && this.#text[at + 1] === "\n") at++;
      else {
        this.#refuseExpansion(at);
        text += this.#charAt(at);
      }
    }
    throw this.#unended();
  }

  #escaped(): string {
    const next = this.#text[++this.#at];
    if (next === undefined) return "\\";
    return next === "\n" ? "" : this.#charAt(this.#at);
  }

  #charAt(index: number): string {
    const char = this.#text[index]!;
    return char === placeholder ? this.#source.valueAt(index) : char;
  }

  #refuseExpansion(at: number): void {
    const expansion = /^(?:`[^`]*`?|\$(?:[\w{('"?!@#*$-][\w]*))/.exec(this.#text.slice(at, at + 80));
    if (expansion !== null) this.#refuse(expansion[0]);
  }

  #refuse(what: string): never {
    throw new UnsupportedError(
      `what a shell expands, ${JSON.stringify(what)}`,
      "nothing is expanded: write the value, or quote it with '…'",
    );
  }

  #unended(): ParseError {
    return new ParseError(`a quote in ${JSON.stringify(this.#text.slice(0, 200))} does not end`);
  }
}
