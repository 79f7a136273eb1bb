import { CommandError, SeveralErrors } from "../../command-error.ts";
import { sortByField } from "../../output/sort-objects.ts";
import { asTable, type Table, type TableOptions, type TableRow } from "../../output/table.ts";
import { TablePrinter } from "../../output/table-printer.ts";
import type { ResourceInfo } from "../../resources/resource-info.ts";
import type { ResourceType } from "../../resources/resource-type.ts";
import type { CommandRun } from "../command.ts";
import { acceptTable, askForAll } from "./answers.ts";

/** `kubectl get` as tables: those of one type that follow each other stand below one header. */
export function getTables(call: CommandRun): void {
  const { flags: given, session } = call;
  const sortBy = given.text("sort-by");
  const query = sortBy === "" ? {} : { includeObject: "Object" };
  const { infos, error } = askForAll(call, { accept: acceptTable, query });
  const tables = sortBy === "" || infos.length < 2 ? infos : sortByField(infos, sortBy, ({ object }) => object!);
  const text = printGroups(call, tables);
  session.write(text);
  if (error !== undefined) throw new SeveralErrors([error]);
  if (text !== "" || given.flag("ignore-not-found")) return;
  const isNamespaced = !given.flag("all-namespaces") && infos.every(({ type }) => type.info.namespaced);
  session.complain(isNamespaced ? `No resources found in ${session.namespace} namespace.` : "No resources found");
}

function printGroups(call: CommandRun, infos: readonly ResourceInfo[]): string {
  const { flags: given } = call;
  const withKind = given.flag("show-kind") || new Set(infos.map(({ type }) => type.kind)).size > 1;
  const texts: string[] = [];
  let withNamespace = false;
  let last: { readonly type: ResourceType; readonly printer: TablePrinter } | undefined;
  for (const { type, object } of infos) {
    // Once there is a column of namespaces, it stays.
    withNamespace ||= given.flag("all-namespaces") && type.info.namespaced;
    if (last?.type.kind !== type.kind) {
      if (last !== undefined) texts[texts.length - 1] += last.printer.end();
      last = { type, printer: new TablePrinter(tableOptions(call, type, { withNamespace, withKind })) };
      texts.push("");
    }
    texts[texts.length - 1] += last.printer.add(sortedRows(asTable(object!), given.text("sort-by")));
  }
  if (last !== undefined) texts[texts.length - 1] += last.printer.end();
  const separator = given.flag("no-headers") ? "" : "\n";
  return texts.filter((text) => text !== "").join(separator);
}

export function tableOptions(
  { flags: given }: CommandRun,
  type: ResourceType,
  { withNamespace, withKind }: { readonly withNamespace: boolean; readonly withKind: boolean },
): TableOptions {
  return {
    wide: given.text("output") === "wide",
    noHeaders: given.flag("no-headers"),
    withNamespace,
    showLabels: given.flag("show-labels"),
    labelColumns: given.list("label-columns"),
    kindPrefix: withKind ? type.info.qualified.toLowerCase() : undefined,
  };
}

/** Rows by a field of their objects; a table that cannot be sorted is not printed at all. */
export function sortedRows(table: Table, sortBy: string): Table {
  if (sortBy === "" || table.rows.length < 2) return table;
  try {
    return { ...table, rows: sortByField(table.rows, sortBy, objectOf) };
  } catch (reason) {
    if (reason instanceof CommandError) return { ...table, rows: [] };
    throw reason;
  }
}

function objectOf(row: TableRow) {
  return (row.object ?? {}) as unknown as Parameters<typeof asTable>[0];
}
