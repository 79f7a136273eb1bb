/** A column of `metav1.Table`, less its description. */
export interface TableColumn {
  readonly name: string;
  readonly type: "string" | "integer";
  readonly format: "" | "name";
  /** 0 is always shown, 1 with `-o wide`. */
  readonly priority: 0 | 1;
}

export type Cell = string | number;

/** How the API server shows objects of a kind as a table: pkg/printers/internalversion/printers.go. */
export interface KindTable<T> {
  readonly columns: readonly TableColumn[];
  /** An annotation that rows do not show: to the API server it is a field. */
  readonly fieldAnnotation?: string;
  /** A cell a column; `age` and `since` as `translateTimestampSince` gives them. */
  readonly cells: (object: T, age: string, since: (time: string) => string) => Cell[];
}

export const nameColumn: TableColumn = { name: "Name", type: "string", format: "name", priority: 0 };

export function textColumns(...names: readonly string[]): TableColumn[] {
  return names.map((name) => ({ name, type: "string", format: "", priority: 0 }));
}

export function numberColumns(...names: readonly string[]): TableColumn[] {
  return names.map((name) => ({ name, type: "integer", format: "", priority: 0 }));
}

export function wideColumn(name: string): TableColumn {
  return { name, type: "string", format: "", priority: 1 };
}
