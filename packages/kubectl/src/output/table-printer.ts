import { ColumnAligner } from "./align-columns.ts";
import { headerCells, rowCells, type Table, type TableOptions } from "./table.ts";

const rowsAtATime = 100;

/**
 * Prints tables that follow each other below one header (cli-runtime, pkg/printers/tableprinter.go): those of one kind, or
 * those that a watch tells.
 */
export class TablePrinter {
  readonly #options: TableOptions;
  readonly #aligner = new ColumnAligner();
  /** Rows that are not aligned yet. */
  #pending: string[][] = [];
  #columns: Table["columnDefinitions"] = [];
  #hasHeader = false;

  constructor(options: TableOptions) {
    this.#options = options;
  }

  /** A table by itself. */
  print(table: Table, event?: string): string {
    return this.add(table, event) + this.end();
  }

  /**
   * Takes a table that others may follow, and gives what is complete: a hundred rows are aligned at a time. With an event's
   * type each row begins with it. A watch tells the columns once.
   */
  add(table: Table, event?: string): string {
    if (table.columnDefinitions?.length) {
      if (!sameColumns(table.columnDefinitions, this.#columns)) this.#hasHeader = false;
      this.#columns = table.columnDefinitions;
    }
    if (table.rows.length === 0) return "";
    const columnDefinitions = this.#columns;
    const before = event === undefined ? [] : [eventCell(event)];
    const rows = table.rows.map((row) => [...before, ...rowCells({ columnDefinitions }, row, this.#options)]);
    this.#aligner.reserve(rows);
    if (!this.#hasHeader && !this.#options.noHeaders) {
      const header = headerCells({ columnDefinitions }, this.#options);
      this.#pending.push(event === undefined ? header : ["EVENT", ...header]);
    }
    this.#hasHeader = true;
    let text = "";
    for (const [i, row] of rows.entries()) {
      this.#pending.push(row);
      if ((i + 1) % rowsAtATime === 0) text += this.end();
    }
    return text;
  }

  /** What has not been given yet. */
  end(): string {
    const rows = this.#pending;
    this.#pending = [];
    return this.#aligner.align(rows);
  }
}

function eventCell(type: string): string {
  return ["ADDED", "DELETED", "ERROR"].includes(type) ? type.padEnd(8) : type;
}

function sameColumns(a: Table["columnDefinitions"], b: Table["columnDefinitions"]): boolean {
  return a.length === b.length && a.every((column, i) => JSON.stringify(column) === JSON.stringify(b[i]));
}
