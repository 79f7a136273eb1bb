/**
 * Text with tabs aligned as Go's text/tabwriter does it (no minimal width, padding of two blanks, which
 * kubectl/pkg/describe sets): cells of one column that stand below each other without a gap are as wide as the widest; the last
 * cell of a line counts for nothing.
 */
export function alignTabs(text: string): string {
  const endsOpen = !text.endsWith("\n");
  const lines = text.split("\n").map((line) => line.split("\t"));
  if (!endsOpen) lines.pop();
  const out: string[] = [];
  format(lines, 0, lines.length, [], out);
  return out.join("\n") + (endsOpen ? "" : "\n");
}

const padding = 2;

/** Lines from `start` on; `widths` are those of the columns before the one to be measured. */
function format(
  lines: readonly (readonly string[])[],
  start: number,
  end: number,
  widths: readonly number[],
  out: string[],
): void {
  const column = widths.length;
  let from = start;
  for (let at = start; at < end; at++) {
    if (column >= lines[at]!.length - 1) continue;
    write(lines, from, at, widths, out);
    from = at;
    let width = 0;
    for (; at < end && column < lines[at]!.length - 1; at++) {
      width = Math.max(width, lengthOf(lines[at]![column]!) + padding);
    }
    format(lines, from, at, [...widths, width], out);
    from = at;
  }
  write(lines, from, end, widths, out);
}

function write(
  lines: readonly (readonly string[])[],
  start: number,
  end: number,
  widths: readonly number[],
  out: string[],
): void {
  for (const line of lines.slice(start, end)) {
    out.push(
      line
        .map((cell, i) => (i < widths.length ? cell + " ".repeat(Math.max(0, widths[i]! - lengthOf(cell))) : cell))
        .join(""),
    );
  }
}

/** Go counts characters. */
function lengthOf(cell: string): number {
  return [...cell].length;
}
