/**
 * Columns of text as kubectl aligns them (Go's text/tabwriter with a minimal cell of 6 and a padding of 3, which
 * k8s.io/cli-runtime sets): every cell but a line's last is filled up with spaces.
 */
export function alignColumns(rows: readonly (readonly string[])[]): string {
  return new ColumnAligner().align(rows);
}

/** Aligns rows that come bit by bit: a column never gets narrower than it was. */
export class ColumnAligner {
  readonly #widths: number[] = [];

  align(rows: readonly (readonly string[])[]): string {
    this.reserve(rows);
    return rows.map((row) => `${this.#alignRow(row)}\n`).join("");
  }

  /** Makes columns as wide as these rows need them. What ends a line is as wide as it is, and widens nothing. */
  reserve(rows: readonly (readonly string[])[]): void {
    for (const row of rows) {
      for (const [column, cell] of row.slice(0, -1).entries()) {
        this.#widths[column] = Math.max(this.#widths[column] ?? 6, lengthOf(cell) + 3);
      }
    }
  }

  #alignRow(row: readonly string[]): string {
    return row
      .map((cell, column) =>
        column === row.length - 1 ? cell : cell + " ".repeat(this.#widths[column]! - lengthOf(cell)),
      )
      .join("");
  }
}

/** Go counts characters. */
function lengthOf(cell: string): number {
  let length = 0;
  for (const _ of cell) length++;
  return length;
}
