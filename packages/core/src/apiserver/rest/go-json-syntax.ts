import { utf8ToBytes } from "@noble/hashes/utils.js";

/** The first thing that Go's JSON scanner (encoding/json, scanner.go) refuses in a text that is no JSON, in its words. */
export function jsonSyntaxError(text: string): string {
  const scanner = new Scanner(text);
  try {
    scanner.value("looking for beginning of value");
    scanner.space();
    scanner.end();
  } catch (reason) {
    if (reason instanceof SyntaxProblem) return reason.message;
    throw reason;
  }
  return "";
}

class SyntaxProblem extends Error {}

const escapes: ReadonlySet<string> = new Set('"\\/bfnrt');

class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(context: string): void {
    this.space();
    const char = this.#text[this.#at];
    if (char === "{") this.#object();
    else if (char === "[") this.#array();
    else if (char === '"') this.#string();
    else if (char === "t") this.#word("true");
    else if (char === "f") this.#word("false");
    else if (char === "n") this.#word("null");
    else if (char === "-" || (char !== undefined && char >= "0" && char <= "9")) this.#number();
    else this.#refuse(context);
  }

  space(): void {
    while (" \t\r\n".includes(this.#text[this.#at] ?? "?")) this.#at++;
  }

  end(): void {
    if (this.#at < this.#text.length) this.#refuse("after top-level value");
  }

  #object(): void {
    this.#at++;
    this.space();
    if (this.#takes("}")) return;
    for (;;) {
      this.space();
      if (this.#text[this.#at] !== '"') this.#refuse("looking for beginning of object key string");
      this.#string();
      this.space();
      if (!this.#takes(":")) this.#refuse("after object key");
      this.value("looking for beginning of value");
      this.space();
      if (this.#takes("}")) return;
      if (!this.#takes(",")) this.#refuse("after object key:value pair");
    }
  }

  #array(): void {
    this.#at++;
    this.space();
    if (this.#takes("]")) return;
    for (;;) {
      this.value("looking for beginning of value");
      this.space();
      if (this.#takes("]")) return;
      if (!this.#takes(",")) this.#refuse("after array element");
    }
  }

  #string(): void {
    this.#at++;
    for (;;) {
      const char = this.#text[this.#at];
      if (char === undefined || char < " ") this.#refuse("in string literal");
      this.#at++;
      if (char === '"') return;
      if (char === "\\") this.#escape();
    }
  }

  #escape(): void {
    if (this.#takes("u")) {
      for (let digit = 0; digit < 4; digit++) {
        if (!/^[0-9a-fA-F]$/.test(this.#text[this.#at] ?? "")) this.#refuse("in \\u hexadecimal character escape");
        this.#at++;
      }
    } else if (escapes.has(this.#text[this.#at] ?? "")) this.#at++;
    else this.#refuse("in string escape code");
  }

  #word(word: string): void {
    for (const letter of word) {
      if (!this.#takes(letter)) this.#refuse(`in literal ${word} (expecting '${letter}')`);
    }
  }

  #number(): void {
    this.#takes("-");
    if (!this.#takes("0") && !this.#digits()) this.#refuse("in numeric literal");
    if (this.#takes(".") && !this.#digits()) this.#refuse("after decimal point in numeric literal");
    if (!this.#takes("e") && !this.#takes("E")) return;
    if (!this.#takes("+")) this.#takes("-");
    if (!this.#digits()) this.#refuse("in exponent of numeric literal");
  }

  #digits(): boolean {
    const start = this.#at;
    while (/^[0-9]$/.test(this.#text[this.#at] ?? "")) this.#at++;
    return this.#at > start;
  }

  #takes(char: string): boolean {
    if (this.#text[this.#at] !== char) return false;
    this.#at++;
    return true;
  }

  #refuse(context: string): never {
    const char = this.#text[this.#at];
    throw new SyntaxProblem(
      char === undefined ? "unexpected end of JSON input" : `invalid character ${quoted(char)} ${context}`,
    );
  }
}

/** A byte as Go's quoteChar writes it. */
function quoted(char: string): string {
  if (char === "'") return "'\\''";
  if (char === '"') return "'\"'";
  const byte = utf8ToBytes(char)[0]!;
  if (byte < 0x80) return `'${JSON.stringify(char).slice(1, -1)}'`;
  return byte < 0xa1 || byte === 0xad ? `'\\u00${byte.toString(16)}'` : `'${String.fromCharCode(byte)}'`;
}
