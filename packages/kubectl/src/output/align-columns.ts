/**
 * Columns of text as kubectl aligns them (Go's text/tabwriter with a minimal cell of 6 and a padding of 3, which
 * k8s.io/cli-runtime sets): every cell but a line's last is filled up with spaces.
 */
export function alignColumns(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 6, cell.length + 3);
    }
  }
  return rows.map((row) => `${alignRow(row, widths)}\n`).join("");
}

function alignRow(row: readonly string[], widths: readonly number[]): string {
  return row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column]!))).join("");
}
