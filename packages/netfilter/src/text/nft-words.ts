import { ParseError, type SourcePosition, UnsupportedError } from "@kubenetsim/core/runtime/errors";
import { utf8Length } from "./utf8-length.ts";

const pattern = /"([^"]*)"|#.*|[{},;"]|[^\s{},;"#]+/g;

const longestName = 255;
/** In bytes, as nft counts (NFTNL_UDATA_COMMENT_MAXLEN). */
const longestComment = 128;

/**
 * The words of a text for nft, with a `\n` after each line: blanks separate, double quotes hold together (nft knows no
 * escapes in them), braces, commas and semicolons stand alone, `#` starts a remark.
 */
export class NftWords {
  readonly source: string;
  /** What `nft list` prints, rather than commands for `nft -f`. */
  readonly listed: boolean;
  readonly #words: string[] = [];
  readonly #lines: number[] = [];
  readonly #columns: number[] = [];
  #next = 0;
  /** Where the reader is, for errors. */
  table = "";
  chain = "";

  constructor(text: string, source: string, listed: boolean) {
    this.source = source;
    this.listed = listed;
    for (const [index, line] of text.split("\n").entries()) this.#splitLine(line, index + 1);
  }

  #splitLine(line: string, number: number): void {
    for (const match of line.matchAll(pattern)) {
      if (match[0].startsWith("#")) break;
      if (match[0] === '"') throw this.#openQuote(number, match.index + 1);
      this.#push(match[1] === undefined ? match[0] : `"${match[1]}`, number, match.index + 1);
    }
    this.#push("\n", number, line.length + 1);
  }

  #openQuote(line: number, column: number): ParseError {
    return new ParseError("a quote is not closed", { position: { source: this.source, line, column } });
  }

  #push(word: string, line: number, column: number): void {
    this.#words.push(word);
    this.#lines.push(line);
    this.#columns.push(column);
  }

  get done(): boolean {
    return this.#next >= this.#words.length;
  }

  /** The line of the next word. */
  get line(): number {
    return this.#lines[Math.min(this.#next, this.#lines.length - 1)] ?? 1;
  }

  /** The next word, or one further on; a quoted one starts with its quote. */
  peek(ahead = 0): string {
    return this.#words[this.#next + ahead] ?? "\n";
  }

  /** Any word, without its quotes. */
  take(what: string): string {
    const word = this.peek();
    if (word === "\n" || word === "{" || word === "}" || word === ";" || word === ",") {
      throw this.error(`${what} is missing`, 0);
    }
    this.#next++;
    return word.startsWith('"') ? word.slice(1) : word;
  }

  /** The name of a table, chain, set, map or counter (`string` of nft's scanner.l; NFT_NAME_MAXLEN less the final zero). */
  takeName(what: string): string {
    const name = this.take(what);
    if (!/^[A-Za-z_.][A-Za-z0-9/\-_.]*$/.test(name)) throw this.error(`not a name: ${name}`);
    if (name.length > longestName) throw this.error(`name too long, ${longestName} characters maximum allowed`);
    return name;
  }

  takeComment(): string {
    const comment = this.take("a comment");
    if (utf8Length(comment) > longestComment) {
      throw this.error(`comment too long, ${longestComment} characters maximum allowed`);
    }
    return comment;
  }

  /** True, and one on, where the next word is this one. */
  accept(word: string): boolean {
    if (this.done || this.peek() !== word) return false;
    this.#next++;
    return true;
  }

  expect(word: string): void {
    if (!this.accept(word)) throw this.error(`"${word}" is missing before ${this.#shown()}`, 0);
  }

  skipLineEnds(): void {
    while (!this.done && this.peek() === "\n") this.#next++;
  }

  #shown(): string {
    const word = this.peek();
    return word === "\n" ? "the end of the line" : `"${word.replace(/^"/, "")}"`;
  }

  /** An error at the word just taken, or at the next (0). */
  error(message: string, ahead = -1): ParseError {
    return new ParseError(message, { position: this.#position(ahead) });
  }

  unsupported(what: string, ahead = -1): UnsupportedError {
    const position = this.#position(ahead);
    const table = this.table === "" ? "" : `table ${this.table}, `;
    const chain = this.chain === "" ? "" : `chain ${this.chain}, `;
    return new UnsupportedError(what, `${table}${chain}line ${position.line}`, position);
  }

  /** Of the next word. */
  get position(): SourcePosition {
    return this.#position(0);
  }

  #position(ahead: number): SourcePosition {
    const index = Math.max(0, Math.min(this.#next + ahead, this.#words.length - 1));
    return { source: this.source, line: this.#lines[index] ?? 1, column: this.#columns[index] ?? 1 };
  }
}
