import { ColumnAligner } from "./align-columns.ts";
import { headerCells, rowCells, type Table, type TableOptions } from "./table.ts";

/**
 * Prints tables that follow each other below one header (cli-runtime, pkg/printers/tableprinter.go): those of one kind, or
 * those that a watch tells.
 */
export class TablePrinter {
  readonly #options: TableOptions;
  readonly #aligner = new ColumnAligner();
  #columns: Table["columnDefinitions"] = [];
  #hasHeader = false;

  constructor(options: TableOptions) {
    this.#options = options;
  }

  /** With an event's type each row begins with it. A watch tells the columns once. */
  print(table: Table, event?: string): string {
    if (table.columnDefinitions?.length) {
      if (!sameColumns(table.columnDefinitions, this.#columns)) this.#hasHeader = false;
      this.#columns = table.columnDefinitions;
    }
    if (table.rows.length === 0) return "";
    const columnDefinitions = this.#columns;
    const before = event === undefined ? [] : [eventCell(event)];
    const rows = table.rows.map((row) => [...before, ...rowCells({ columnDefinitions }, row, this.#options)]);
    if (!this.#hasHeader && !this.#options.noHeaders) {
      const header = headerCells({ columnDefinitions }, this.#options);
      rows.unshift(event === undefined ? header : ["EVENT", ...header]);
    }
    this.#hasHeader = true;
    return this.#aligner.align(rows);
  }
}

function eventCell(type: string): string {
  return ["ADDED", "DELETED", "ERROR"].includes(type) ? type.padEnd(8) : type;
}

function sameColumns(a: Table["columnDefinitions"], b: Table["columnDefinitions"]): boolean {
  return a.length === b.length && a.every((column, i) => JSON.stringify(column) === JSON.stringify(b[i]));
}
