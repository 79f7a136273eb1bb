import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import type { Cell, TableColumn } from "@kubenetsim/core/apiserver/table/kind-table";
import { labelsText } from "@kubenetsim/core/apiserver/table/labels-text";
import { escapeTerminal } from "./terminal.ts";

/** `metav1.Table`, as the API server sends it. */
export interface Table {
  readonly columnDefinitions: readonly TableColumn[];
  readonly rows: readonly TableRow[];
}

export interface TableRow {
  readonly cells: readonly Cell[];
  readonly object?: { readonly metadata?: RowMetadata };
}

interface RowMetadata {
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

export interface TableOptions {
  /** `-o wide`. */
  readonly wide: boolean;
  readonly noHeaders: boolean;
  /** A first column with the namespace: `-A`. */
  readonly withNamespace: boolean;
  /** `--show-labels`. */
  readonly showLabels: boolean;
  /** `-L`: a column for each of these labels. */
  readonly labelColumns: readonly string[];
  /** `service` or `endpointslice.discovery.k8s.io` before names; undefined for bare names. */
  readonly kindPrefix: string | undefined;
}

export function asTable(body: PlainObject): Table {
  return body as unknown as Table;
}

/** The header of a table: k8s.io/cli-runtime, pkg/printers/tableprinter.go. */
export function headerCells(table: Pick<Table, "columnDefinitions">, options: TableOptions): string[] {
  const shown = table.columnDefinitions.filter((column) => isShown(column, options));
  return [
    ...(options.withNamespace ? ["NAMESPACE"] : []),
    ...shown.map(({ name }) => name.toUpperCase()),
    ...options.labelColumns.map((key) => key.slice(key.lastIndexOf("/") + 1).toUpperCase()),
    ...(options.showLabels ? ["LABELS"] : []),
  ];
}

export function rowCells(table: Pick<Table, "columnDefinitions">, row: TableRow, options: TableOptions): string[] {
  const { namespace = "", labels } = row.object?.metadata ?? {};
  const cells: string[] = options.withNamespace ? [namespace] : [];
  for (const [i, column] of table.columnDefinitions.entries()) {
    if (!isShown(column, options)) continue;
    const text = oneLine(String(row.cells[i] ?? ""));
    const isName = options.kindPrefix !== undefined && column.format === "name" && column.name === "Name";
    cells.push(isName ? `${options.kindPrefix}/${text}` : text);
  }
  for (const key of options.labelColumns) cells.push(labels?.[key] ?? "");
  if (options.showLabels) cells.push(labelsText(labels));
  return cells;
}

function isShown(column: TableColumn, { wide }: TableOptions): boolean {
  return wide || column.priority === 0;
}

/** What would break the line ends the cell. */
function oneLine(text: string): string {
  const end = text.search(/[\f\n\r]/);
  return end < 0 ? escapeTerminal(text) : `${escapeTerminal(text.slice(0, end))}...`;
}
