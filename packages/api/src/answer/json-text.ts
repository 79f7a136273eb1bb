import type { Plain, PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";

/**
 * A value as the API server writes it: one line with a line end, or with two blanks an indent and none. What would mean
 * something in HTML is escaped, as Go's encoding/json escapes it (apimachinery pkg/runtime/serializer/json).
 */
export function jsonText(value: Plain, pretty: boolean): string {
  const text = holdsBigInt(value) ? exactText(value, pretty ? "\n" : "") : JSON.stringify(value, null, pretty ? 2 : 0);
  const escaped = /[<>&\u2028\u2029]/.test(text) ? text.replace(/[<>&\u2028\u2029]/g, escapedCharacter) : text;
  return pretty ? escaped : `${escaped}\n`;
}

function escapedCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

function holdsBigInt(value: Plain): boolean {
  if (typeof value === "bigint") return true;
  if (typeof value !== "object" || value === null) return false;
  for (const key in value) if (holdsBigInt((value as PlainObject)[key]!)) return true;
  return false;
}

/** JSON.stringify has no integers beyond 2^53. `line` is "" or a line end and its indent. */
function exactText(value: Plain, line: string): string {
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const inner = line === "" ? "" : `${line}  `;
  const isList = Array.isArray(value);
  const colon = line === "" ? ":" : ": ";
  const parts = Object.entries(value as PlainObject)
    .filter(([, item]) => item !== undefined)
    .map(([key, item]) => (isList ? "" : `${JSON.stringify(key)}${colon}`) + exactText(item, inner));
  const [open, close] = isList ? "[]" : "{}";
  return parts.length === 0 ? `${open}${close}` : `${open}${inner}${parts.join(`,${inner}`)}${line}${close}`;
}
