import type { Plain, PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { compareKeys } from "./key-order.ts";
import { doubleQuoted, literalBlock, singleQuoted, styleOf } from "./yaml-scalar.ts";

/**
 * A value as `kubectl -o yaml` prints it: keys sorted, lists at the column of their key, lines of any length
 * (sigs.k8s.io/yaml Marshal over go.yaml.in/yaml/v2's encoder).
 *
 * @example printYaml({ kind: "Service", spec: { ports: [{ port: 80 }] } });
 */
export function printYaml(value: Plain): string {
  if (isEmptyOrScalar(value)) return `${inline(value, 0)}\n`;
  return block(value, 0);
}

function block(value: Plain, indent: number): string {
  return Array.isArray(value) ? listBlock(value, indent) : mapBlock(value as PlainObject, indent);
}

function mapBlock(object: PlainObject, indent: number): string {
  let text = "";
  for (const key of Object.keys(object)
    .filter((one) => object[one] !== undefined)
    .sort(compareKeys)) {
    text += `${" ".repeat(indent)}${keyText(key)}:`;
    const value = object[key]!;
    if (isEmptyOrScalar(value)) text += ` ${inline(value, indent + 2)}\n`;
    // A list stands at the column of its key.
    else text += `\n${block(value, Array.isArray(value) ? indent : indent + 2)}`;
  }
  return text;
}

function listBlock(items: readonly Plain[], indent: number): string {
  let text = "";
  for (const item of items) {
    // The first line of what is inside begins behind the dash.
    if (isEmptyOrScalar(item)) text += `${" ".repeat(indent)}- ${inline(item, indent + 2)}\n`;
    else text += `${" ".repeat(indent)}- ${block(item, indent + 2).slice(indent + 2)}`;
  }
  return text;
}

function isEmptyOrScalar(value: Plain): boolean {
  if (typeof value !== "object" || value === null) return true;
  return Array.isArray(value) ? value.length === 0 : Object.keys(value).length === 0;
}

function inline(value: Plain, indent: number): string {
  if (typeof value === "string") return scalarText(value, indent);
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "[]" : "{}";
  return String(value);
}

function scalarText(text: string, indent: number): string {
  switch (styleOf(text)) {
    case "plain":
      return text;
    case "single":
      return singleQuoted(text);
    case "double":
      return doubleQuoted(text);
    case "literal":
      return literalBlock(text, indent);
  }
}

/** A key stands on one line. */
function keyText(key: string): string {
  const style = styleOf(key);
  if (style === "literal") return doubleQuoted(key);
  return style === "plain" ? key : style === "single" ? singleQuoted(key) : doubleQuoted(key);
}
