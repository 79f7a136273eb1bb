import { declined } from "./declined.ts";
import { manifestLimits } from "./limits.ts";
import type { Plain } from "./manifest-document.ts";
import { NotInJson, readPlainScalar } from "./plain-scalar.ts";

/** Words in brackets that need no quotes and have nothing in them that YAML could take otherwise. */
const word = /[A-Za-z0-9_.][A-Za-z0-9_./-]*/y;

/** Reads quoted scalars and bracketed values that end on their line. */
export class FlowReader {
  at: number;
  readonly #text: string;
  readonly #end: number;

  constructor(text: string, at: number, end: number) {
    this.#text = text;
    this.at = at;
    this.#end = end;
  }

  value(depth: number): Plain {
    if (depth > manifestLimits.depth) throw declined;
    switch (this.#peek()) {
      case '"':
      case "'":
        return this.quoted();
      case "[":
        return this.#list(depth);
      case "{":
        return this.#map(depth);
      default:
        return this.#word();
    }
  }

  quoted(): string {
    return this.#peek() === "'" ? this.#singleQuoted() : this.#doubleQuoted();
  }

  #list(depth: number): Plain {
    const items: Plain[] = [];
    this.#open();
    while (this.#peek() !== "]") {
      items.push(this.value(depth + 1));
      // `[a: b]` would be a mapping in a list.
      this.#separator("]");
    }
    this.at++;
    return items;
  }

  #map(depth: number): Plain {
    const result: Record<string, Plain> = {};
    this.#open();
    while (this.#peek() !== "}") {
      const first = this.#peek();
      const key = first === '"' || first === "'" ? this.quoted() : this.#word();
      if (key === null || typeof key === "object") throw declined;
      const name = String(key);
      if (this.#peek() !== ":" || this.#text[this.at + 1] !== " " || result[name] !== undefined) throw declined;
      this.at++;
      this.#skipSpaces();
      result[name] = this.value(depth + 1);
      this.#separator("}");
    }
    this.at++;
    return result;
  }

  #open(): void {
    this.at++;
    this.#skipSpaces();
  }

  #separator(close: string): void {
    this.#skipSpaces();
    if (this.#peek() === close) return;
    if (this.#peek() !== "," || this.#text[this.at + 1] !== " ") throw declined;
    this.at++;
    this.#skipSpaces();
  }

  #word(): Plain {
    word.lastIndex = this.at;
    const found = word.exec(this.#text);
    if (found === null || word.lastIndex > this.#end) throw declined;
    this.at = word.lastIndex;
    const next = this.#peek();
    // The word must be all of it: a blank may only stand before what ends it.
    if (next !== "," && next !== "]" && next !== "}" && next !== ":" && next !== " ") throw declined;
    if (next === " ") {
      this.#skipSpaces();
      if (this.#peek() !== "]" && this.#peek() !== "}") throw declined;
    }
    const value = readPlainScalar(found[0]);
    if (value instanceof NotInJson) throw declined;
    return value;
  }

  #singleQuoted(): string {
    const start = this.at + 1;
    let close = this.#text.indexOf("'", start);
    let doubled = false;
    while (close >= 0 && this.#text[close + 1] === "'") {
      doubled = true;
      close = this.#text.indexOf("'", close + 2);
    }
    this.#close(close);
    const inner = this.#text.slice(start, close);
    return doubled ? inner.replaceAll("''", "'") : inner;
  }

  #doubleQuoted(): string {
    const start = this.at + 1;
    let close = start;
    let escaped = false;
    for (; close < this.#end && this.#text[close] !== '"'; close++) {
      if (this.#text[close] !== "\\") continue;
      // Only the escapes that JSON and YAML share.
      if (!'"\\bfnrt'.includes(this.#text[close + 1] ?? "x")) throw declined;
      escaped = true;
      close++;
    }
    this.#close(close);
    const inner = this.#text.slice(start, close);
    if (!escaped) return inner;
    if (inner.includes("\t")) throw declined;
    return JSON.parse(`"${inner}"`) as string;
  }

  #close(close: number): void {
    if (close < 0 || close >= this.#end) throw declined;
    this.at = close + 1;
  }

  #peek(): string | undefined {
    return this.at < this.#end ? this.#text[this.at] : undefined;
  }

  #skipSpaces(): void {
    while (this.#peek() === " ") this.at++;
  }
}
