import type { Plain, PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { goQuoted } from "@kubenetsim/core/runtime/go-quoted";

/** A decoded JSON value as Go's fmt prints it with `%v`: `map[app:web tier:front]`, `[80 443]`, `<nil>`. */
export function goText(value: Plain): string {
  if (Array.isArray(value)) return `[${value.map(goText).join(" ")}]`;
  if (value === null) return "<nil>";
  if (typeof value === "object") {
    const object = value as PlainObject;
    return `map[${sortedNames(object)
      .map((key) => `${key}:${goText(object[key]!)}`)
      .join(" ")}]`;
  }
  return typeof value === "number" ? goNumber(value) : String(value);
}

/** The same with `%#v`, as Go source would write it. */
export function goSyntax(value: Plain): string {
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(", ")}}`;
  if (value === null) return "interface {}(nil)";
  if (typeof value === "object") {
    const object = value as PlainObject;
    const entries = sortedNames(object).map((key) => `${goQuoted(key)}:${goSyntax(object[key]!)}`);
    return `map[string]interface {}{${entries.join(", ")}}`;
  }
  if (typeof value === "string") return goQuoted(value);
  return typeof value === "number" ? goNumber(value) : String(value);
}

/** What reflect calls a decoded value's type. */
export function goTypeOf(value: Plain): string {
  if (Array.isArray(value)) return "[]interface {}";
  if (typeof value === "object") return "map[string]interface {}";
  if (typeof value === "number") return Number.isInteger(value) ? "int64" : "float64";
  if (typeof value === "bigint") return "int64";
  return typeof value === "boolean" ? "bool" : "string";
}

/** Whole numbers as they are; others in Go's shortest form, whose exponents have two digits. */
export function goNumber(value: number): string {
  if (Number.isInteger(value)) return String(value);
  const magnitude = Math.abs(value);
  if (magnitude >= 1e-4 && magnitude < 1e21) return String(value);
  return value.toExponential().replace(/e([+-])(\d)$/, "e$10$2");
}

function sortedNames(object: PlainObject): string[] {
  return Object.keys(object)
    .filter((key) => object[key] !== undefined)
    .sort();
}
