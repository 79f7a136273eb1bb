// How go.yaml.in/yaml/v2 writes a text: encode.go (stringv), resolve.go, emitterc.go (yaml_emitter_analyze_scalar).

export type ScalarStyle = "plain" | "single" | "double" | "literal";

const words = new Set(
  (
    "y Y yes Yes YES true True TRUE on On ON n N no No NO false False FALSE off Off OFF " +
    "~ null Null NULL .nan .NaN .NAN .inf .Inf .INF +.inf +.Inf +.INF -.inf -.Inf -.INF"
  ).split(" "),
);

/** The style in which a text comes back as that text. */
export function styleOf(text: string): ScalarStyle {
  const analysis = analyze(text);
  if (text.includes("\n")) return analysis.literal ? "literal" : "double";
  if (!readsAsText(text)) return "double";
  if (analysis.plain) return "plain";
  return analysis.single ? "single" : "double";
}

/** Would a reader take it for text, and not for a number, a date or a word that means something? */
export function readsAsText(text: string): boolean {
  if (text === "" || words.has(text)) return false;
  if (/^[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?$/.test(text)) return false;
  if (text.startsWith(".")) return !/^\.\d[\d_]*(?:[eE][-+]?\d+)?$/.test(text);
  if (!/^[-+\d]/.test(text)) return true;
  return !isTimestamp(text) && !isNumber(text.replaceAll("_", ""));
}

function isNumber(text: string): boolean {
  if (/^[-+]?(?:0|[1-9]\d*|0[oO]?[0-7]+|0[xX][\da-fA-F]+|0[bB][01]+)$/.test(text)) return fits64Bits(text);
  // What no float can hold is a text.
  return /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/.test(text) && Number.isFinite(Number(text));
}

/** Larger integers are taken for floats where they are decimal. */
function fits64Bits(text: string): boolean {
  const digits = text.replace(/^[-+]/, "");
  if (/^[1-9]\d*$/.test(digits)) return true;
  const octal = /^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits;
  return BigInt(octal) < 2n ** 64n;
}

function isTimestamp(text: string): boolean {
  const date =
    /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[Tt]\d{1,2}:\d{1,2}:\d{1,2}(?:\.\d+)?(?:Z|[-+]\d\d:\d\d)| \d{1,2}:\d{1,2}:\d{1,2}(?:\.\d+)?)?$/.exec(
      text,
    );
  if (date === null) return false;
  const [year, month, day] = date.slice(1).map(Number) as [number, number, number];
  return month >= 1 && month <= 12 && day >= 1 && day <= daysOf(year, month);
}

function daysOf(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

interface Analysis {
  readonly plain: boolean;
  readonly single: boolean;
  readonly literal: boolean;
}

function analyze(text: string): Analysis {
  const special = hasSpecial(text) || / [\n\r\u0085\u2028\u2029]/.test(text);
  const breakThenSpace = /[\n\r\u0085\u2028\u2029] /.test(text);
  const edges = /^[ \n\r\u0085\u2028\u2029]|[ \n\r\u0085\u2028\u2029]$/.test(text);
  const breaks = /[\n\r\u0085\u2028\u2029]/.test(text);
  return {
    plain: !special && !breakThenSpace && !edges && !breaks && !hasIndicator(text),
    single: !special && !breakThenSpace,
    literal: !special && !text.endsWith(" "),
  };
}

/** Characters that begin something else in a block. */
function hasIndicator(text: string): boolean {
  return (
    /^(?:---|\.\.\.)/.test(text) ||
    /^[#,[\]{}&*!|>'"%@`]/.test(text) ||
    /^[-?:](?:[ \t\r\n\u0085\u2028\u2029\0]|$)/.test(text) ||
    /.:(?:[ \t\n\r\u0085\u2028\u2029]|$)/su.test(text) ||
    /[ \t\r\n\u0085\u2028\u2029\0]#/.test(text)
  );
}

function hasSpecial(text: string): boolean {
  for (const char of text) if (!isPrintable(char.codePointAt(0)!)) return true;
  return false;
}

/** The emitter knows nothing printable above the 16-bit plane. */
function isPrintable(code: number): boolean {
  return (
    code === 0x0a ||
    (code >= 0x20 && code <= 0x7e) ||
    (code >= 0xa0 && code <= 0xd7ff) ||
    (code >= 0xe000 && code <= 0xfffd && code !== 0xfeff)
  );
}

const escapes: ReadonlyMap<number, string> = new Map([
  [0x00, "0"],
  [0x07, "a"],
  [0x08, "b"],
  [0x09, "t"],
  [0x0a, "n"],
  [0x0b, "v"],
  [0x0c, "f"],
  [0x0d, "r"],
  [0x1b, "e"],
  [0x22, '"'],
  [0x5c, "\\"],
  [0x85, "N"],
  [0xa0, "_"],
  [0x2028, "L"],
  [0x2029, "P"],
]);

/** A character as a double quoted text has it; `all` when none may stand as it is. */
export function escaped(char: string, all: boolean): string {
  const code = char.codePointAt(0)!;
  const isBreak = code === 0x0a || code === 0x0d || code === 0x85 || code === 0x2028 || code === 0x2029;
  if (!all && isPrintable(code) && !isBreak && code !== 0x22 && code !== 0x5c) return char;
  return `\\${escapes.get(code) ?? hexEscape(code)}`;
}

function hexEscape(code: number): string {
  const hex = code.toString(16).toUpperCase();
  if (code <= 0xff) return `x${hex.padStart(2, "0")}`;
  return code <= 0xffff ? `u${hex.padStart(4, "0")}` : `U${hex.padStart(8, "0")}`;
}
