import type { ArrayParam, Constant, ListNode, PathNode } from "./node.ts";
import { unquote } from "./quote.ts";

/** The template cannot be read; the message is Go's. */
export class PathError extends Error {
  override readonly name = "PathError";
  /** How many values were in hand when it happened: a filter for existence takes some for a finding. */
  inHand = 0;
}

/**
 * Reads a JSONPath template (client-go util/jsonpath, parser.go): text, and actions between braces.
 *
 * @throws PathError
 * @example parsePath("{range .items[*]}{.metadata.name}{end}");
 */
export function parsePath(text: string): ListNode {
  return new Parser(text).parse();
}

class Parser {
  readonly #input: string;
  readonly #root: ListNode = { kind: "list", nodes: [] };
  #start = 0;
  #at = 0;
  /** Where the actions of the current braces go. */
  #into: PathNode[] = this.#root.nodes;

  constructor(input: string) {
    this.#input = input;
  }

  parse(): ListNode {
    for (;;) {
      const brace = this.#input.indexOf("{", this.#at);
      this.#at = brace < 0 ? this.#input.length : brace;
      const text = this.#take();
      if (text !== "") this.#root.nodes.push({ kind: "text", text });
      if (brace < 0) return this.#root;
      this.#skip(1);
      const action: ListNode = { kind: "list", nodes: [] };
      this.#root.nodes.push(action);
      this.#into = action.nodes;
      while (!this.#readStep());
    }
  }

  /** Reads what comes next inside braces; true at their end. */
  #readStep(): boolean {
    if (this.#sees("}")) {
      this.#skip(1);
      return true;
    }
    if (this.#sees("[?(")) this.#readFilter();
    else if (this.#sees("..")) this.#readRecursive();
    else this.#readPlain(this.#next());
    return false;
  }

  #readPlain(char: string): void {
    if (char === "" || isLineEnd(char)) throw new PathError("unclosed action");
    // The current object needs no word.
    if (char === " " || char === "@" || char === "$") this.#take();
    else if (char === "[") this.#readArray();
    else if (char === '"' || char === "'") this.#readQuote(char);
    else if (char === ".") this.#readField();
    else if (/[+\-\p{Nd}]/u.test(char)) this.#readNumber(char);
    else if (isWordLetter(char)) this.#readIdentifier(char);
    else throw new PathError(`unrecognized character in action: ${unicodeName(char)}`);
  }

  #readIdentifier(first: string): void {
    this.#at -= first.length;
    while (!isTerminator(this.#peek())) this.#next();
    const word = this.#take();
    if (word === "true" || word === "false") this.#add(constant("bool", word === "true"));
    else this.#add({ kind: "identifier", name: word });
  }

  #readRecursive(): void {
    if (this.#into.at(-1)?.kind === "recursive") throw new PathError("invalid multiple recursive descent");
    this.#skip(2);
    this.#add({ kind: "recursive" });
    if (isWordLetter(this.#peek())) this.#readField();
  }

  #readNumber(first: string): void {
    this.#at -= first.length;
    if (/[+-]/.test(this.#peek())) this.#next();
    while (/[.\p{Nd}]/u.test(this.#peek())) this.#next();
    const text = this.#take();
    if (/^[+-]?\d+$/.test(text)) this.#add(constant("int", Number(text)));
    else if (/^[+-]?(\d+\.?\d*|\.\d+)$/.test(text)) this.#add(constant("float64", Number(text)));
    else throw new PathError(`cannot parse number ${text}`);
  }

  #readArray(): void {
    for (let char = this.#next(); char !== "]"; char = this.#next()) {
      if (char === "" || char === "\n") throw new PathError("unterminated array");
    }
    const given = this.#take().slice(1, -1);
    const text = given === "*" ? ":" : given;
    if (text.includes(",")) {
      const lists = text.split(",").map((part) => parseAction(`[${part.replace(/^ +| +$/g, "")}]`));
      this.#add({ kind: "union", lists });
      return;
    }
    const key = /^'([^']*)'$/.exec(text);
    if (key === null) this.#add({ kind: "array", params: readParams(text) });
    else for (const node of parseAction(`.${key[1]!}`).nodes) this.#add(node);
  }

  #readFilter(): void {
    this.#skip(3);
    this.#scanFilter();
    if (this.#next() !== "]") throw new PathError("unclosed array expect ]");
    const text = this.#take().slice(0, -2);
    const parts = /^([^!<>=]+)([!<>=]+)(.+)$/.exec(text);
    if (parts === null) {
      this.#add({ kind: "filter", left: parseAction(text), right: { kind: "list", nodes: [] }, operator: "exists" });
      return;
    }
    const [, left = "", operator = "", right = ""] = parts;
    this.#add({ kind: "filter", left: parseAction(left), right: parseAction(right), operator });
  }

  /** To the parenthesis that ends it; one text in quotes may hold others. */
  #scanFilter(): void {
    let begun = false;
    let ended = false;
    let pair = "";
    for (;;) {
      const char = this.#next();
      if (char === "" || char === "\n") throw new PathError("unterminated filter");
      if (char === ")" && begun === ended) return;
      if (char !== '"' && char !== "'") continue;
      if (!begun) {
        begun = true;
        pair = char;
      } else if (char === pair && this.#input[this.#at - 2] !== "\\") ended = true;
    }
  }

  #readQuote(quote: string): void {
    for (;;) {
      const char = this.#next();
      if (char === "" || char === "\n") throw new PathError("unterminated quoted string");
      if (char === quote && this.#input[this.#at - 2] !== "\\") break;
    }
    const quoted = this.#take();
    const text = unquote(quoted);
    if (text === undefined) throw new PathError(`unquote string ${quoted} error invalid syntax`);
    this.#add({ kind: "text", text });
  }

  #readField(): void {
    this.#take();
    for (;;) {
      const char = this.#next();
      if (char === "\\") this.#next();
      else if (isTerminator(char)) {
        this.#at -= char.length;
        break;
      }
    }
    const name = this.#take();
    this.#add(name === "*" ? { kind: "wildcard" } : { kind: "field", name: name.replaceAll("\\", "") });
  }

  #add(node: PathNode): void {
    this.#into.push(node);
  }

  #sees(text: string): boolean {
    return this.#input.startsWith(text, this.#at);
  }

  #skip(length: number): void {
    this.#at += length;
    this.#take();
  }

  /** "" at the end. */
  #next(): string {
    const char = this.#peek();
    this.#at += char.length;
    return char;
  }

  #peek(): string {
    const code = this.#input.codePointAt(this.#at);
    return code === undefined ? "" : String.fromCodePoint(code);
  }

  /** What was read since the last time. */
  #take(): string {
    const text = this.#input.slice(this.#start, this.#at);
    this.#start = this.#at;
    return text;
  }
}

/** One action without its braces. */
function parseAction(text: string): ListNode {
  return parsePath(`{${text}}`).nodes[0] as ListNode;
}

function readParams(text: string): [ArrayParam, ArrayParam, ArrayParam] {
  const parts = /^(-?\d*)(:-?\d*)?(:-?\d*)?$/.exec(text);
  if (parts === null) throw new PathError(`invalid array index ${text}`);
  const start = readParam(parts[1]!);
  const end =
    parts[2] === undefined ? { value: start.value + 1, known: true, derived: true } : readParam(parts[2].slice(1));
  return [start, end, readParam((parts[3] ?? "").slice(1))];
}

function readParam(text: string): ArrayParam {
  if (text === "") return { value: 0, known: false, derived: false };
  if (text === "-") throw new PathError("array index - is not a number");
  return { value: Number(text), known: true, derived: false };
}

function constant(type: Constant["type"], value: Constant["value"]): PathNode {
  return { kind: "constant", value: { type, value } };
}

function isTerminator(char: string): boolean {
  return char === "" || /[ \t\r\n.,[\]$@{}]/.test(char);
}

function isLineEnd(char: string): boolean {
  return char === "\r" || char === "\n";
}

function isWordLetter(char: string): boolean {
  return /[_\p{L}\p{Nd}]/u.test(char);
}

/** Go's %#U: `U+0021 '!'`. */
function unicodeName(char: string): string {
  const hex = char.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0");
  return /[\p{C}\p{Z}]/u.test(char) ? `U+${hex}` : `U+${hex} '${char}'`;
}
