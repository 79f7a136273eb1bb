import type { Plain, PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";

/** A value as Go's `json.MarshalIndent(value, "", "    ")` prints it, with a line end. Keys come in the order of the value. */
export function printJson(value: Plain): string {
  return `${jsonText(value, "", "    ")}\n`;
}

/** As Go marshals a map: keys by their bytes. */
export function sortedKeys(value: Plain): Plain {
  if (Array.isArray(value)) return value.map(sortedKeys);
  if (typeof value !== "object" || value === null) return value;
  const object = value as PlainObject;
  return Object.fromEntries(
    Object.keys(object)
      .sort()
      .map((key) => [key, sortedKeys(object[key]!)]),
  );
}

/** Indented by `step` a level, and by `indent` as a whole. */
export function jsonText(value: Plain, indent: string, step: string): string {
  const inner = indent + step;
  if (Array.isArray(value)) {
    if (value.length === 0) return "[]";
    return `[\n${value.map((item) => inner + jsonText(item, inner, step)).join(",\n")}\n${indent}]`;
  }
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value as PlainObject).filter((entry) => entry[1] !== undefined);
    if (entries.length === 0) return "{}";
    const lines = entries.map(([key, item]) => `${inner}${quoted(key)}: ${jsonText(item, inner, step)}`);
    return `{\n${lines.join(",\n")}\n${indent}}`;
  }
  return typeof value === "string" ? quoted(value) : String(value);
}

/** Go escapes what would mean something in HTML, and U+2028 and U+2029. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(/[<>&\u2028\u2029]/g, escaped);
}

/** As Go's `json.Marshal` writes a struct: in one line, with the keys in the order of the value. */
export function structJson(value: Plain): string {
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, escaped);
}

/** As Go's `json.Marshal` prints it: on one line, keys sorted. */
export function compactJson(value: Plain): string {
  if (Array.isArray(value)) return `[${value.map(compactJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return typeof value === "string" ? quoted(value) : String(value);
  const object = value as PlainObject;
  const keys = Object.keys(object).filter((key) => object[key] !== undefined);
  return `{${keys
    .sort()
    .map((key) => `${quoted(key)}:${compactJson(object[key]!)}`)
    .join(",")}}`;
}

function escaped(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
