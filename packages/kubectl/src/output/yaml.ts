import type { Plain, PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { failure } from "../command-error.ts";
import { compareKeys } from "./key-order.ts";
import { doubleQuoted, literalBlock, plainText, singleQuoted, type TextPlace } from "./yaml-lines.ts";
import { styleOf } from "./yaml-scalar.ts";

/**
 * A value as `kubectl -o yaml` prints it: keys sorted, lists at the column of their key, texts folded behind column
 * 80 (sigs.k8s.io/yaml Marshal over go.yaml.in/yaml/v2's encoder).
 *
 * @example printYaml({ kind: "Service", spec: { ports: [{ port: 80 }] } });
 */
export function printYaml(value: Plain): string {
  if (isEmptyOrScalar(value)) return `${inline(value, { column: 0, indent: 0, folds: true })}\n`;
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
    const head = keyText(key, indent);
    text += " ".repeat(indent) + head;
    const value = object[key]!;
    const place = { column: columnBehind(head, indent), indent: indent + 2, folds: true };
    if (isEmptyOrScalar(value)) text += ` ${inline(value, place)}\n`;
    // A list stands at the column of its key.
    else text += `\n${block(value, Array.isArray(value) ? indent : indent + 2)}`;
  }
  return text;
}

function listBlock(items: readonly Plain[], indent: number): string {
  let text = "";
  for (const item of items) {
    // The first line of what is inside begins behind the dash.
    const place = { column: indent + 2, indent: indent + 2, folds: true };
    if (isEmptyOrScalar(item)) text += `${" ".repeat(indent)}- ${inline(item, place)}\n`;
    else text += `${" ".repeat(indent)}- ${block(item, indent + 2).slice(indent + 2)}`;
  }
  return text;
}

function isEmptyOrScalar(value: Plain): boolean {
  if (typeof value !== "object" || value === null) return true;
  return Array.isArray(value) ? value.length === 0 : Object.keys(value).length === 0;
}

/** Where a value begins: behind the key, a colon and a blank. */
function columnBehind(head: string, indent: number): number {
  let column = indent + 1;
  for (const _ of head.slice(head.lastIndexOf("\n") + 1)) column++;
  return head.includes("\n") ? column - indent : column;
}

function inline(value: Plain, place: TextPlace): string {
  if (typeof value === "string") return scalarText(value, place);
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "[]" : "{}";
  return String(value);
}

function scalarText(given: string, place: TextPlace): string {
  const text = throughJson(given);
  switch (styleOf(text)) {
    case "plain":
      return plainText(text, place);
    case "single":
      return singleQuoted(text, place);
    case "double":
      return doubleQuoted(text, place);
    case "literal":
      return literalBlock(text, place.indent);
  }
}

/** A key on one line, or behind a question mark where it has breaks or more than 128 bytes. */
function keyText(key: string, indent: number): string {
  const isSimple = !/[\n\r\u0085\u2028\u2029]/.test(key) && byteLength(key) <= 128;
  const column = isSimple ? indent : indent + 2;
  const text = scalarText(key, { column, indent: indent + 2, folds: !isSimple });
  return isSimple ? `${text}:` : `? ${text}\n${" ".repeat(indent)}:`;
}

/** In UTF-8. */
function byteLength(text: string): number {
  let length = 0;
  for (const char of text) {
    const code = char.codePointAt(0)!;
    length += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return length;
}

/**
 * A text as it comes back from JSON that is read as YAML, which is how sigs.k8s.io/yaml marshals: U+0085 folds as a line end
 * does.
 *
 * @throws CommandError for control characters that JSON leaves as they are
 */
function throughJson(text: string): string {
  if (/[\x7f-\x84\x86-\x9f]/.test(text)) throw failure("yaml: control characters are not allowed");
  if (!text.includes("\u0085")) return text;
  return text.replace(/ *\u0085[ \u0085]*/g, (found) => {
    const breaks = found.replaceAll(" ", "").length;
    return breaks === 1 ? " " : "\n".repeat(breaks - 1);
  });
}
