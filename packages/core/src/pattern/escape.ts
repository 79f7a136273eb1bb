import { PatternSyntaxError } from "./pattern-syntax-error.ts";

const controls: ReadonlyMap<string, number> = new Map([
  ["a", 7],
  ["f", 12],
  ["n", 10],
  ["r", 13],
  ["t", 9],
  ["v", 11],
]);

const octal = /\\(?:0[0-7]{0,2}|[1-7][0-7]{1,2})/y;
const hexadecimal = /\\x(?:\{([0-9A-Fa-f]+)\}|([0-9A-Fa-f]{2}))/y;
/** As much as Go has read when it sees that it is none. */
const brokenHexadecimal = /\\x(?:\{[0-9A-Fa-f]*.?|[^{].?)?/suy;

/** The character that a backslash and what follows it stand for. @throws PatternSyntaxError */
export function escapeAt(text: string, at: number): { code: number; end: number } {
  const next = text.codePointAt(at + 1);
  if (next === undefined) throw new PatternSyntaxError("trailing backslash at end of expression", "");
  const char = String.fromCodePoint(next);
  const end = at + 1 + char.length;
  if (next < 0x80 && !/[0-9A-Za-z]/.test(char)) return { code: next, end };
  const control = controls.get(char);
  if (control !== undefined) return { code: control, end };
  const octals = matchAt(octal, text, at);
  if (octals !== null) return { code: Number.parseInt(octals[0].slice(1), 8), end: at + octals[0].length };
  const digits = matchAt(hexadecimal, text, at);
  const code = digits === null ? undefined : Number.parseInt((digits[1] ?? digits[2])!, 16);
  if (code !== undefined && code <= 0x10ffff) return { code, end: at + digits![0].length };
  throw new PatternSyntaxError(
    "invalid escape sequence",
    matchAt(brokenHexadecimal, text, at)?.[0] ?? text.slice(at, end),
  );
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
