import type { Plain } from "./manifest-document.ts";
import { NotInJson, readPlainScalar } from "./plain-scalar.ts";

const integer = /^[-+]?(0[xX][0-9a-fA-F_]+|0[oObB]?[0-9_]+|[0-9_]+)$/;

/**
 * The name that an unquoted mapping key gives in JSON: `80`, `yes` (that is `true`). Undefined for what can be no name,
 * and for fractions that Go would print in another way than was written.
 */
export function readMappingKey(text: string): string | undefined {
  const first = text.charCodeAt(0);
  // Most keys are words that begin with a letter; only short ones and numbers can mean something else.
  if (text.length > 5 && first > 0x40) return text;
  const value: Plain | NotInJson = readPlainScalar(text);
  if (value instanceof NotInJson || value === null || typeof value === "object") return undefined;
  if (typeof value === "bigint") return value < 2n ** 63n ? String(value) : undefined;
  if (typeof value !== "number" || integer.test(text)) {
    return typeof value !== "number" || Number.isSafeInteger(value) ? String(value) : undefined;
  }
  const size = Math.abs(value);
  const short = String(size).replace(".", "").length <= 7;
  return size === 0 || (size >= 0.001 && size < 1e6 && short) ? String(value) : undefined;
}
