import type { Plain, PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { goText } from "../go-text.ts";
import { PathError } from "./parse-path.ts";

/** What a path finds: decoded JSON, or a fraction that stands in the template. */
export type PathValue = Plain | Fraction | typeof nothing;

/** What a range without values is walked through with: Go's zero reflect.Value. */
export const nothing: unique symbol = Symbol("nothing");

/** A number with a point in a template, which compares with no whole number, not even where it is one. */
export class Fraction {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** What is inside a value: of an object by key, of a list, of a text its bytes. */
export function insideOf(value: PathValue): readonly Plain[] {
  if (Array.isArray(value)) return value as readonly Plain[];
  if (typeof value === "string") return bytesOf(value);
  if (!isObject(value)) return [];
  return Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort()
    .map((key) => value[key]!);
}

/** In UTF-8. */
function bytesOf(text: string): number[] {
  const parts = encodeURIComponent(text).match(/%..|./g) ?? [];
  return parts.map((part) => (part.length === 1 ? part.charCodeAt(0) : Number.parseInt(part.slice(1), 16)));
}

export function isObject(value: PathValue): value is PlainObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Fraction);
}

export function plainOf(value: PathValue): Plain {
  return value === nothing ? null : value instanceof Fraction ? value.value : value;
}

/** As JSONPath prints what is no object and no list. */
export function scalarText(value: PathValue): string {
  if (value === nothing) return "<no value>";
  return value === null ? "null" : goText(plainOf(value));
}

/** @throws PathError for an operator or for types that cannot be compared, in the words of Go's templates */
export function compareValues(left: PathValue, operator: string, right: PathValue): boolean {
  switch (operator) {
    case "==":
      return isEqual(left, right);
    case "!=":
      return !isEqual(left, right);
    case "<":
      return isLess(left, right);
    case "<=":
      return isLess(left, right) || isEqual(left, right);
    case ">":
      return !(isLess(left, right) || isEqual(left, right));
    case ">=":
      return !isLess(left, right);
    default:
      throw new PathError(`unrecognized filter operator ${operator}`);
  }
}

function isEqual(left: PathValue, right: PathValue): boolean {
  if (basicKind(left) !== basicKind(right)) throw incomparable();
  return plainOf(left) === plainOf(right);
}

function isLess(left: PathValue, right: PathValue): boolean {
  const kind = basicKind(left);
  if (kind !== basicKind(right)) throw incomparable();
  if (kind === "bool") throw new PathError("invalid type for comparison");
  return (plainOf(left) as number) < (plainOf(right) as number);
}

function basicKind(value: PathValue): "bool" | "int" | "float" | "string" {
  if (value instanceof Fraction) return "float";
  if (typeof value === "number") return Number.isInteger(value) ? "int" : "float";
  if (typeof value === "bigint") return "int";
  if (typeof value === "string") return "string";
  if (typeof value === "boolean") return "bool";
  throw new PathError("invalid type for comparison");
}

function incomparable(): PathError {
  return new PathError("incompatible types for comparison");
}
