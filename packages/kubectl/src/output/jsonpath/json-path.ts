import type { Plain } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { goText, goTypeOf } from "../go-text.ts";
import type { ListNode, PathNode } from "./node.ts";
import { PathError, parsePath } from "./parse-path.ts";
import { compareValues, Fraction, insideOf, isObject, nothing, type PathValue, plainOf } from "./path-value.ts";

/**
 * A JSONPath template to be filled in (k8s.io/client-go, util/jsonpath/jsonpath.go). A template that has been through a range
 * goes on behind it the next time, as the original does.
 *
 * @example new JsonPath("{.metadata.name}").find({ metadata: { name: "web" } }); // [["web"]]
 */
export class JsonPath {
  readonly #nodes: readonly PathNode[];
  readonly #allowMissingKeys: boolean;
  /** Where the template is read from. */
  #from = 0;
  #beginRange = 0;
  #inRange = 0;
  #endRange = 0;
  /** The `end` met last. */
  #lastEnd = -1;

  /** @throws PathError */
  constructor(template: string, { allowMissingKeys = true }: { readonly allowMissingKeys?: boolean } = {}) {
    this.#nodes = parsePath(template).nodes;
    this.#allowMissingKeys = allowMissingKeys;
  }

  /** What each part of the template finds. @throws PathError */
  find(data: PathValue): PathValue[][] {
    const found: PathValue[][] = [];
    for (let at = this.#from; at < this.#nodes.length; at++) {
      const results = this.#walk([data], this.#nodes[at]!);
      if (this.#endRange > 0 && this.#endRange <= this.#inRange) {
        this.#endRange--;
        this.#lastEnd = at;
        break;
      }
      if (this.#beginRange > 0) {
        found.push(...this.#range(results, at + 1));
        if (this.#lastEnd > at) at = this.#lastEnd;
      } else found.push(results);
    }
    return found;
  }

  /** What is inside a range, for each of its values; without any it is walked through once, to find its end. */
  #range(values: readonly PathValue[], from: number): PathValue[][] {
    this.#beginRange--;
    this.#inRange++;
    const found: PathValue[][] = [];
    for (const value of values) {
      this.#from = from;
      found.push(...this.find(value === null ? nothing : value));
    }
    if (values.length === 0) {
      this.#from = from;
      this.find(nothing);
    }
    this.#inRange--;
    return found;
  }

  #walk(input: readonly PathValue[], node: PathNode): PathValue[] {
    try {
      return this.#step(input, node);
    } catch (reason) {
      if (reason instanceof PathError && ["array", "filter", "union", "identifier"].includes(node.kind)) {
        reason.inHand = input.length;
      }
      throw reason;
    }
  }

  #step(input: readonly PathValue[], node: PathNode): PathValue[] {
    switch (node.kind) {
      case "list":
        return this.#evaluate(input, node);
      case "text":
        return [node.text];
      case "field":
        return this.#fields(input, node.name);
      case "array":
        return slicesOf(input, node.params);
      case "filter":
        return input.flatMap((value) => this.#filter(value, node));
      case "constant": {
        const { type, value } = node.value;
        return input.map(() => (type === "float64" ? new Fraction(value as number) : value));
      }
      case "wildcard":
        return input.flatMap(insideOf);
      case "recursive":
        return input.flatMap(descend);
      case "union":
        return node.lists.flatMap((list) => this.#evaluate(input, list));
      case "identifier":
        return this.#identifier(input, node.name);
    }
  }

  #evaluate(input: readonly PathValue[], list: ListNode): PathValue[] {
    let values: PathValue[] = [...input];
    for (const node of list.nodes) values = this.#walk(values, node);
    return values;
  }

  #identifier(input: readonly PathValue[], name: string): PathValue[] {
    if (name === "range") {
      this.#beginRange++;
      return [...input];
    }
    if (name !== "end") throw new PathError(`unrecognized identifier ${name}`);
    if (this.#inRange === 0) throw new PathError("not in range, nothing to end");
    this.#endRange++;
    return [];
  }

  #fields(input: readonly PathValue[], name: string): PathValue[] {
    if (input.length === 0) return [];
    const results = input.flatMap((value) => {
      if (!isObject(value) || !Object.hasOwn(value, name) || value[name] === undefined) return [];
      return [value[name]];
    });
    if (results.length === 0 && !this.#allowMissingKeys) throw new PathError(`${name} is not found`);
    return results;
  }

  #filter(value: PathValue, node: PathNode & { readonly kind: "filter" }): PathValue[] {
    if (!Array.isArray(value)) {
      const text = value === nothing ? "<invalid reflect.Value>" : goText(plainOf(value));
      throw new PathError(`${text} is not array or slice and cannot be filtered`);
    }
    return (value as readonly Plain[]).filter((item) => this.#passes(item, node));
  }

  #passes(item: Plain, { left, right, operator }: PathNode & { readonly kind: "filter" }): boolean {
    if (operator === "exists") return this.#exists(item, left);
    const lefts = this.#evaluate([item], left);
    if (lefts.length === 0) return false;
    if (lefts.length > 1) throw new PathError("can only compare one element at a time");
    const rights = this.#evaluate([item], right);
    if (rights.length === 0) return false;
    if (rights.length > 1) throw new PathError("can only compare one element at a time");
    return compareValues(lefts[0]!, operator, rights[0]!);
  }

  /** What was in hand when an error came counts as found. */
  #exists(item: Plain, list: ListNode): boolean {
    try {
      return this.#evaluate([item], list).length > 0;
    } catch (reason) {
      if (reason instanceof PathError) return reason.inHand > 0;
      throw reason;
    }
  }
}

/** A value and everything inside it, but for numbers and truth values. */
function descend(value: PathValue): PathValue[] {
  const inside = insideOf(value);
  return inside.length === 0 ? [] : [value, ...(typeof value === "string" ? [] : inside.flatMap(descend))];
}

type Params = (PathNode & { readonly kind: "array" })["params"];

/** Where nothing is asked of one list, the others are not looked at. */
function slicesOf(input: readonly PathValue[], params: Params): PathValue[] {
  const found: PathValue[] = [];
  for (const value of input) {
    if (value === null) continue;
    const slice = sliceOf(value, params);
    if (slice === undefined) break;
    found.push(...slice);
  }
  return found;
}

/** Undefined for an empty range of places. */
function sliceOf(value: PathValue, params: Params): Plain[] | undefined {
  if (value === nothing) throw new PathError("reflect: call of reflect.Value.Type on zero Value");
  if (!Array.isArray(value)) throw new PathError(`${goTypeOf(plainOf(value))} is not array or slice`);
  const list = value as readonly Plain[];
  const [first, last, step] = params;
  const start = first.value < 0 ? first.value + list.length : first.value;
  const given = last.known ? last.value : list.length;
  const end = given < 0 || (given === 0 && last.derived) ? given + list.length : given;
  if (start === end) return undefined;
  if (start >= list.length || start < 0) throw outOfBounds(start, list.length);
  if (end > list.length || end < 0) throw outOfBounds(end - 1, list.length);
  if (start > end) throw new PathError(`starting index ${start} is greater than ending index ${end}`);
  if (step.known && step.value <= 0) throw new PathError("step must be > 0");
  const every = step.known ? step.value : 1;
  return list.slice(start, end).filter((_, i) => i % every === 0);
}

function outOfBounds(index: number, length: number): PathError {
  return new PathError(`array index out of bounds: index ${index}, length ${length}`);
}
