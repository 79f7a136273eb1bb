import {
  type Alias,
  Composer,
  type CST,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  type Scalar,
  type YAMLMap,
} from "yaml";
import { ParseError, type SourcePosition, UnsupportedError } from "../../runtime/errors.ts";
import { manifestLimits } from "./limits.ts";
import type { FieldPath, Plain } from "./manifest-document.ts";
import { readMappingKey } from "./mapping-key.ts";
import { NotInJson, readPlainScalar } from "./plain-scalar.ts";
import { shallowTokens } from "./shallow-tokens.ts";
import type { TextSlice } from "./text-slice.ts";

export interface YamlReading {
  readonly value: Plain;
  /** Keys that stand in their mapping already; the last one counts. */
  readonly repeated: readonly RepeatedKey[];
}

export interface RepeatedKey {
  readonly key: string;
  readonly position: SourcePosition;
}

/** The YAML document of a slice, parsed with all of its positions by the `yaml` library. */
export class YamlDocument {
  readonly #slice: TextSlice;
  readonly #lines = new LineCounter();
  readonly #document: Document.Parsed;

  /** @throws ParseError for what is no YAML. */
  constructor(slice: TextSlice) {
    this.#slice = slice;
    const text = slice.text.slice(slice.start, slice.end);
    const refuse = (offset: number): ParseError => tooDeep(this.#at(offset));
    this.#document = composed(shallowTokens(text, this.#lines, refuse), text.length);
    const error = this.#document.errors[0];
    if (error !== undefined) {
      throw new ParseError(`YAML: ${error.message.replace(/\s*$/, "")}`, {
        position: this.#at(error.pos[0]),
        hint: yamlHint(error.code),
      });
    }
  }

  /** The value as Kubernetes reads it. */
  read(): YamlReading {
    const reader = new NodeReader(this.#document, this.#slice, (offset) => this.#at(offset));
    return { value: reader.read(this.#document.contents, 0), repeated: reader.repeated };
  }

  /** Where the field's key stands (an item: its value); of the nearest field around it where it is missing. */
  positionOf(path: FieldPath): SourcePosition {
    let node: unknown = this.#document.contents;
    let offset = rangeStart(node) ?? 0;
    for (const step of path) {
      if (isAlias(node)) node = node.resolve(this.#document);
      if (isMap(node)) {
        const pair = lastPair(node, String(step));
        if (pair === undefined) break;
        offset = rangeStart(pair.key) ?? offset;
        node = pair.value;
      } else if (isSeq(node) && typeof step === "number") {
        node = node.items[step];
        if (node === undefined) break;
        offset = rangeStart(node) ?? offset;
      } else {
        break;
      }
    }
    return this.#at(offset);
  }

  #at(offset: number): SourcePosition {
    const { line, col } = this.#lines.linePos(offset);
    return {
      source: this.#slice.source,
      line: this.#slice.firstLine + Math.max(line, 1) - 1,
      column: Math.max(col, 1) + (line <= 1 ? this.#slice.firstColumn - 1 : 0),
    };
  }
}

/** The first document of tokens. */
function composed(tokens: Iterable<CST.Token>, length: number): Document.Parsed {
  // Scalars are read by our own rules, so the library is asked for text only.
  const composer = new Composer({
    schema: "failsafe",
    version: "1.1",
    uniqueKeys: false,
    strict: false,
    logLevel: "silent",
  });
  const documents = [...composer.compose(tokens, true, length)];
  return documents[0] as Document.Parsed;
}

/** Walks the nodes of one document and gives their values. */
class NodeReader {
  readonly repeated: RepeatedKey[] = [];
  readonly #document: Document.Parsed;
  readonly #at: (offset: number) => SourcePosition;
  readonly #length: number;
  readonly #endsLine: boolean;
  #aliased = 0;
  readonly #open = new Set<Node>();

  constructor(document: Document.Parsed, slice: TextSlice, at: (offset: number) => SourcePosition) {
    this.#document = document;
    this.#length = slice.end - slice.start;
    this.#endsLine = slice.text[slice.end - 1] === "\n";
    this.#at = at;
  }

  read(node: unknown, depth: number): Plain {
    if (depth > manifestLimits.depth) throw tooDeep(this.#at(rangeStart(node) ?? 0));
    if (this.#open.size > 0 && ++this.#aliased > manifestLimits.aliasedNodes) throw this.#tooManyAliases(node);
    if (node === null || node === undefined) return null;
    if (isAlias(node)) return this.#readAlias(node, depth);
    if (isScalar(node)) return this.#readScalar(node);
    if (isSeq(node)) return node.items.map((item) => this.read(item, depth + 1));
    if (isMap(node)) return this.#readMap(node, depth);
    throw new ParseError("YAML: a mapping entry stands where a value is expected", {
      position: this.#at(rangeStart(node) ?? 0),
    });
  }

  #readMap(map: YAMLMap, depth: number): Plain {
    const result: Record<string, Plain> = {};
    const merged: Plain[] = [];
    for (const pair of map.items) {
      if (isMergeKey(pair)) {
        merged.push(this.read(pair.value, depth + 1));
        continue;
      }
      const key = this.#keyOf(pair);
      if (Object.hasOwn(result, key)) {
        this.repeated.push({ key, position: this.#at(rangeStart(pair.key) ?? 0) });
      }
      setField(result, key, this.read(pair.value, depth + 1));
    }
    for (const value of merged.flat() as Plain[]) {
      if (typeof value !== "object" || value === null || Array.isArray(value)) {
        throw new ParseError("YAML: map merge requires map or sequence of maps as the value", {
          position: this.#at(rangeStart(map) ?? 0),
        });
      }
      for (const [key, inner] of Object.entries(value)) if (!Object.hasOwn(result, key)) setField(result, key, inner);
    }
    return result;
  }

  #keyOf(pair: Pair): string {
    const node = isAlias(pair.key) ? pair.key.resolve(this.#document) : pair.key;
    if (isScalar(node) && node.type === "PLAIN" && node.tag === undefined) {
      const name = readMappingKey(String(node.value));
      if (name !== undefined) return name;
    } else if (node !== null) {
      const key = this.read(pair.key, 0);
      if (key !== null && typeof key !== "object") return String(key);
    }
    throw new ParseError("YAML: a mapping key must be text, a number or a boolean", {
      position: this.#at(rangeStart(pair.key) ?? 0),
      hint: 'write it in quotes, e.g. "null": …',
    });
  }

  #readScalar(node: Scalar): Plain {
    const text = this.#textOf(node);
    const quoted = node.type !== "PLAIN" && node.type !== undefined;
    switch (node.tag) {
      case undefined:
      case "?":
        if (quoted) return text;
        break;
      case "!":
      case "tag:yaml.org,2002:str":
        return text;
      case "tag:yaml.org,2002:binary":
        throw new UnsupportedError("YAML tag !!binary", "a manifest", this.#at(rangeStart(node) ?? 0));
      default:
        if (!node.tag.startsWith("tag:yaml.org,2002:")) return text;
    }
    const value = readPlainScalar(text);
    if (!(value instanceof NotInJson)) return value;
    throw new ParseError(`YAML: ${value.text} is no number that the API server can take`, {
      position: this.#at(rangeStart(node) ?? 0),
      hint: "put it in quotes if it is meant as text",
    });
  }

  /** A block that the end of the text cuts off has no line break there. */
  #textOf(node: Scalar): string {
    const text = typeof node.value === "string" ? node.value : (node.source ?? "");
    const isBlock = node.type === "BLOCK_LITERAL" || node.type === "BLOCK_FOLDED";
    if (!isBlock || this.#endsLine || (node.range?.[1] ?? 0) < this.#length) return text;
    return text.replace(/\n$/, "");
  }

  #readAlias(alias: Alias, depth: number): Plain {
    const target = alias.resolve(this.#document);
    const position = this.#at(rangeStart(alias) ?? 0);
    if (target === undefined) throw new ParseError(`YAML: unknown anchor '${alias.source}' referenced`, { position });
    if (this.#open.has(target))
      throw new ParseError(`YAML: anchor '${alias.source}' value contains itself`, { position });
    this.#open.add(target);
    const value = this.read(target, depth);
    this.#open.delete(target);
    return value;
  }

  #tooManyAliases(node: unknown): ParseError {
    return new ParseError("YAML: document contains excessive aliasing", {
      position: this.#at(rangeStart(node) ?? 0),
      hint: `aliases may stand for ${manifestLimits.aliasedNodes} values in all; write the values out`,
    });
  }
}

function isMergeKey(pair: Pair): boolean {
  return isScalar(pair.key) && pair.key.value === "<<" && (pair.key.type === "PLAIN" || pair.key.type === undefined);
}

/** Of equal keys the last one counts. */
function lastPair(map: YAMLMap, key: string): Pair | undefined {
  return map.items.findLast((pair) => isScalar(pair.key) && String(pair.key.value) === key);
}

/** `__proto__` would otherwise set the prototype. */
function setField(object: Record<string, Plain>, key: string, value: Plain): void {
  if (key === "__proto__") {
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  } else {
    object[key] = value;
  }
}

function rangeStart(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}

function tooDeep(position: SourcePosition): ParseError {
  return new ParseError(`YAML: values are nested more than ${manifestLimits.depth} deep`, {
    position,
    hint: "Kubernetes objects are about 20 deep: check the brackets and the indentation",
  });
}

function yamlHint(code: string): string {
  switch (code) {
    case "TAB_AS_INDENT":
      return "indent with spaces; YAML allows no tabs there";
    case "BAD_INDENT":
      return "bring the line to the same indentation as its neighbours";
    case "MISSING_CHAR":
      return "a quote or bracket is not closed, or a colon is missing";
    case "BAD_ALIAS":
      return 'a value that starts with * must be in quotes: "*"';
    default:
      return "check the indentation, the colons and the quotes around this place";
  }
}
