import { declined } from "./declined.ts";
import { FlowReader } from "./flow-reader.ts";
import { manifestLimits } from "./limits.ts";
import { readLiteralBlock } from "./literal-block.ts";
import type { Plain } from "./manifest-document.ts";
import { readMappingKey } from "./mapping-key.ts";
import { NotInJson, readPlainScalar } from "./plain-scalar.ts";
import type { TextSlice } from "./text-slice.ts";

/** Characters that end or bend a line in ways that the subset does not know. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const strange = /[\r\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff]/;

/** True when a text holds only what `readBlockSubset` can judge. Asked once for a whole stream. */
export function isPlainText(text: string): boolean {
  return !strange.test(text);
}

/**
 * The value of a document written in the usual block style, about 20 times as fast as a full YAML parser; `undefined`
 * for a document that has anything else in it. It never guesses: what it takes, it reads as the full parser does.
 */
export function readBlockSubset(slice: TextSlice): Plain | undefined {
  try {
    return new BlockReader(slice.text, slice.start, slice.end).document();
  } catch (reason) {
    if (reason === declined) return undefined;
    throw reason;
  }
}

const space = 0x20;
const dash = 0x2d;
const colon = 0x3a;
const hash = 0x23;
const newline = 0x0a;

class BlockReader {
  readonly #text: string;
  readonly #end: number;
  /** Where the content of the current line begins; at `#end` when there is no more. */
  #at: number;
  #lineStart: number;
  #lineEnd: number;
  /** Column of the current content; -1 behind the last line. */
  #indent = -1;

  constructor(text: string, start: number, end: number) {
    this.#text = text;
    this.#end = end;
    this.#at = start;
    this.#lineStart = start;
    this.#lineEnd = start - 1;
  }

  document(): Plain {
    this.#nextLine();
    const value = this.#block(this.#indent, 0);
    if (this.#indent >= 0) throw declined;
    return value;
  }

  /** Moves to the next line that has content. */
  #nextLine(): void {
    const text = this.#text;
    for (let start = this.#lineEnd + 1; start < this.#end; start = this.#lineEnd + 1) {
      const found = text.indexOf("\n", start);
      this.#lineEnd = found < 0 || found > this.#end ? this.#end : found;
      let at = start;
      while (at < this.#lineEnd && text.charCodeAt(at) === space) at++;
      if (at >= this.#lineEnd || text.charCodeAt(at) === hash) continue;
      if (text.charCodeAt(at) === 0x09) throw declined;
      this.#lineStart = start;
      this.#at = at;
      this.#indent = at - start;
      return;
    }
    this.#indent = -1;
    this.#at = this.#end;
  }

  #block(indent: number, depth: number): Plain {
    if (depth > manifestLimits.depth) throw declined;
    return this.#atDash() ? this.#sequence(indent, depth) : this.#mapping(indent, depth);
  }

  #mapping(indent: number, depth: number): Plain {
    const result: Record<string, Plain> = {};
    while (this.#indent === indent && !this.#atDash()) {
      const key = this.#key();
      if (result[key] !== undefined || key === "<<") throw declined;
      result[key] = this.#value(indent, depth, true);
    }
    if (this.#indent > indent) throw declined;
    return result;
  }

  #sequence(indent: number, depth: number): Plain {
    const items: Plain[] = [];
    while (this.#indent === indent && this.#atDash()) {
      this.#at++;
      this.#skipSpaces();
      if (this.#atLineEnd()) {
        items.push(this.#value(indent, depth, false));
      } else if (this.#atDash() || this.#keyEnd() >= 0) {
        // The item begins behind its dash, as if it stood on a line of its own.
        this.#indent = this.#at - this.#lineStart;
        items.push(this.#block(this.#indent, depth + 1));
      } else {
        items.push(this.#value(indent, depth, false));
      }
    }
    if (this.#indent > indent) throw declined;
    return items;
  }

  /** The value at `#at`, or the block on the lines below; leaves the reader on the line behind it. */
  #value(indent: number, depth: number, inMapping: boolean): Plain {
    if (this.#atLineEnd()) {
      this.#nextLine();
      if (this.#indent > indent) return this.#block(this.#indent, depth + 1);
      if (inMapping && this.#indent === indent && this.#atDash()) return this.#sequence(indent, depth + 1);
      return null;
    }
    const value = this.#inline(indent);
    this.#nextLine();
    // A deeper line would continue the scalar.
    if (this.#indent > indent) throw declined;
    return value;
  }

  #inline(indent: number): Plain {
    const text = this.#text;
    switch (text[this.#at]) {
      case '"':
      case "'":
      case "[":
      case "{": {
        const flow = new FlowReader(text, this.#at, this.#lineEnd);
        const value = flow.value(0);
        this.#at = flow.at;
        this.#skipSpaces();
        if (!this.#atLineEnd() || (this.#at < this.#lineEnd && text.charCodeAt(this.#at - 1) !== space)) throw declined;
        return value;
      }
      case "|": {
        const block = readLiteralBlock(text, this.#at, this.#lineEnd, this.#end, indent);
        this.#lineEnd = block.lineEnd;
        return block.value;
      }
      default:
        return this.#plain();
    }
  }

  #plain(): Plain {
    const text = this.#text;
    const first = text.charCodeAt(this.#at);
    if (isIndicator(first) || ((first === dash || first === colon || first === 0x3f) && !this.#wordAfter(this.#at))) {
      throw declined;
    }
    let end = this.#at;
    for (let at = this.#at; at < this.#lineEnd; at++) {
      const code = text.charCodeAt(at);
      if (code === space) continue;
      if (code === 0x09) throw declined;
      if (code === hash && text.charCodeAt(at - 1) === space) break;
      if (code === colon && !this.#wordAfter(at)) throw declined;
      end = at + 1;
    }
    const value = readPlainScalar(text.slice(this.#at, end));
    if (value instanceof NotInJson) throw declined;
    return value;
  }

  /** Reads `key:` and moves to its value. */
  #key(): string {
    const end = this.#keyEnd();
    if (end < 0) throw declined;
    const text = this.#text;
    const start = this.#at;
    const first = text.charCodeAt(start);
    this.#at = end + 1;
    this.#skipSpaces();
    if (first === 0x22 || first === 0x27) {
      const key = new FlowReader(text, start, end).quoted();
      return key;
    }
    let last = end;
    while (text.charCodeAt(last - 1) === space) last--;
    const key = text.slice(start, last);
    const name = readMappingKey(key);
    if (name === undefined) throw declined;
    return name;
  }

  /** Where the colon behind the key stands that begins here; -1 when what begins here is no key. */
  #keyEnd(): number {
    const text = this.#text;
    const first = text.charCodeAt(this.#at);
    if (first === 0x22 || first === 0x27) {
      const flow = new FlowReader(text, this.#at, this.#lineEnd);
      flow.quoted();
      let at = flow.at;
      while (text.charCodeAt(at) === space) at++;
      return at < this.#lineEnd && text.charCodeAt(at) === colon && !this.#wordAfter(at) ? at : -1;
    }
    if (isIndicator(first) || ((first === dash || first === colon || first === 0x3f) && !this.#wordAfter(this.#at))) {
      return -1;
    }
    for (let at = this.#at; at < this.#lineEnd; at++) {
      const code = text.charCodeAt(at);
      if (code === colon && !this.#wordAfter(at)) return at;
      if (code === hash && text.charCodeAt(at - 1) === space) return -1;
      if (code === 0x09) throw declined;
    }
    return -1;
  }

  /** Whether something other than a blank or the line's end follows. */
  #wordAfter(at: number): boolean {
    if (at + 1 >= this.#lineEnd) return false;
    const next = this.#text.charCodeAt(at + 1);
    return next !== space && next !== newline && next !== 0x09;
  }

  #atDash(): boolean {
    return this.#indent >= 0 && this.#text.charCodeAt(this.#at) === dash && !this.#wordAfter(this.#at);
  }

  #atLineEnd(): boolean {
    return this.#at >= this.#lineEnd || (this.#text.charCodeAt(this.#at) === hash && this.#at > this.#lineStart);
  }

  #skipSpaces(): void {
    while (this.#at < this.#lineEnd && this.#text.charCodeAt(this.#at) === space) this.#at++;
    if (this.#text.charCodeAt(this.#at) === 0x09) throw declined;
  }
}

/** Characters that cannot begin a plain scalar, or begin something beyond the subset. */
function isIndicator(code: number): boolean {
  return ",[]{}#&*!|>'\"%@`".includes(String.fromCharCode(code));
}
