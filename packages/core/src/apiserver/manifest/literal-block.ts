import { declined } from "./declined.ts";

/**
 * Reads a `|` or `|-` block whose header ends at `lineEnd`. `indent` is that of the block around it. Blocks with an
 * indentation number, with `+`, with leading blank lines or at the very end of a text without a line break are left to
 * the full parser.
 */
export function readLiteralBlock(
  text: string,
  at: number,
  headerEnd: number,
  end: number,
  indent: number,
): { value: string; lineEnd: number } {
  const header = text.slice(at, headerEnd).trimEnd();
  if (header !== "|" && header !== "|-") throw declined;
  const lines: string[] = [];
  let lineEnd = headerEnd;
  let width = -1;
  for (let start = headerEnd + 1; start < end; ) {
    const found = text.indexOf("\n", start);
    if (found < 0 || found >= end) throw declined;
    let content = start;
    while (text.charCodeAt(content) === 0x20) content++;
    const blank = content === found;
    const column = content - start;
    if (!blank && column <= indent) break;
    if (width < 0) {
      if (blank || text.charCodeAt(content) === 0x09) throw declined;
      width = column;
    }
    if (!blank && column < width) throw declined;
    if (blank && column > width) throw declined;
    lines.push(blank ? "" : text.slice(start + width, found));
    lineEnd = found;
    start = found + 1;
  }
  while (lines.length > 0 && lines[lines.length - 1] === "") lines.pop();
  if (lines.length === 0) throw declined;
  return { value: lines.join("\n") + (header === "|" ? "\n" : ""), lineEnd };
}
