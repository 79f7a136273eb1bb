import type { SourceFile } from "./source-files.ts";

export interface FunctionSpan {
  readonly name: string;
  readonly line: number;
  readonly length: number;
}

const start =
  /^(\s*)(?:export )?(?:default )?(?:async )?(?:function\*? (\w+)|(?:static |override |async |get |set )*(#?\w+)\()/;
const notAFunction = new Set(["if", "for", "while", "switch", "catch", "return", "super"]);

/** Functions and methods of a formatted file: each ends at the closing brace that stands as deep as it began. */
export function functionSpans(file: SourceFile): FunctionSpan[] {
  const spans: FunctionSpan[] = [];
  for (const [index, line] of file.lines.entries()) {
    const match = start.exec(line);
    const name = match?.[2] ?? match?.[3];
    if (match === null || name === undefined || notAFunction.has(name)) continue;
    if (match[3] !== undefined && !isMethodHead(file.lines, index)) continue;
    const end = file.lines.indexOf(`${match[1]}}`, index);
    if (end >= 0) spans.push({ name, line: index + 1, length: end - index + 1 });
  }
  return spans;
}

/** A method's head ends in `{`, on its line or, when its parameters are broken, on the line that closes them. */
function isMethodHead(lines: readonly string[], index: number): boolean {
  const line = lines[index]!;
  if (line.endsWith("{")) return /\)(: [^=]+)? \{$/.test(line);
  if (!line.endsWith("(")) return false;
  const indent = /^\s*/.exec(line)![0];
  const close = lines.slice(index + 1).find((other) => other.startsWith(`${indent})`));
  return close !== undefined && /^\s*\)(: [^=]+)? \{$/.test(close);
}
