import { quoted } from "../controller-log.ts";
import { parseBoolean } from "./annotations/value-checks.ts";

/**
 * A text as a value of the kind that the usual one has, as mapstructure's decoder with `WeaklyTypedInput` reads it: an empty text is false or
 * 0, and numbers are written as in Go's source. What cannot be read is told of.
 *
 * @example
 * readWeakly("proxy-read-timeout", "0x10", 60); // 16
 */
export function readWeakly(
  key: string,
  text: string,
  usual: string | number | boolean,
): string | number | boolean | { readonly problem: string } {
  if (typeof usual === "string") return text;
  if (typeof usual === "boolean") {
    const value = text === "" ? false : parseBoolean(text);
    const why = `strconv.ParseBool: parsing ${quoted(text)}: invalid syntax`;
    return value ?? { problem: `cannot parse '${key}' as bool: ${why}` };
  }
  if (!Number.isInteger(usual)) return floatOf(key, text);
  const value = text === "" ? 0 : integerOfSource(text);
  if (typeof value === "number") return value;
  return { problem: `cannot parse '${key}' as int: strconv.ParseInt: parsing ${quoted(text)}: ${value}` };
}

function floatOf(key: string, text: string): number | { readonly problem: string } {
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) return Number(text);
  const why = `strconv.ParseFloat: parsing ${quoted(text)}: invalid syntax`;
  return text === "" ? 0 : { problem: `cannot parse '${key}' as float: ${why}` };
}

/** `strconv.ParseInt` with base 0: `0x10`, `0b1`, `0o7`, `017`, `1_000`; or why not. */
function integerOfSource(text: string): number | string {
  const [, sign, digits] = /^([+-]?)(.*)$/s.exec(text)!;
  const literal = /^0[0-7_]/.test(digits!) ? `0o${digits!.slice(1)}` : digits!;
  if (!/^(?:0[xX](?:_?[0-9a-fA-F])+|0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0|[1-9](?:_?[0-9])*)$/.test(literal)) {
    return "invalid syntax";
  }
  const size = BigInt(literal.replaceAll("_", ""));
  const value = sign === "-" ? -size : size;
  return BigInt.asIntN(64, value) === value ? Number(value) : "value out of range";
}
