import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import type { WatchEvent } from "@kubenetsim/core/apiserver/rest/request";
import { isNotFound, ServerError } from "../../client/server-error.ts";
import { failure } from "../../command-error.ts";
import { getPrinter, type Printed } from "../../output/get-printer.ts";
import { asTable } from "../../output/table.ts";
import { TablePrinter } from "../../output/table-printer.ts";
import { findResources } from "../../resources/find-resources.ts";
import type { ResourceInfo } from "../../resources/resource-info.ts";
import type { CommandRun } from "../command.ts";
import { acceptTable, isHumanReadable } from "./answers.ts";
import { sortedRows, tableOptions } from "./get-tables.ts";

/**
 * `kubectl get -w` (pkg/cmd/get/get.go, watch): what there is, then what happens to it. The watch ends when the cluster has come
 * to rest: from then on nothing would ever come.
 */
export function getWatch(call: CommandRun): void {
  const { flags: given, args, session } = call;
  const found = findResources({
    ...{ args, flags: given, session },
    all: "typeAlone",
    objects: "latest",
    asking: { limit: given.number("chunk-size"), ...(isHumanReadable(call) ? { accept: acceptTable } : {}) },
    keepsLists: true,
    singleType: true,
    stops: true,
  });
  const { infos, error } = found.infos((reason) => given.flag("ignore-not-found") && isNotFound(reason));
  if (error !== undefined) throw error;
  const [first] = infos;
  if (first === undefined) return;
  const print = watchPrinter(call, first);
  const withEvents = given.flag("output-watch-events");
  const write = (object: PlainObject, event: string): void =>
    session.write(print({ object, ...(withEvents ? { event } : {}) }));
  if (!given.flag("watch-only")) for (const object of infos.flatMap(shownAtFirst)) write(object, "ADDED");
  if (found.sources.length > 1) {
    throw failure("you may only watch a single resource or type of resource at a time");
  }
  follow(call, first, write);
}

function shownAtFirst({ type, name, object }: ResourceInfo): PlainObject[] {
  if (name !== "" || !Array.isArray(object!.items)) return [object!];
  const items = object!.items as readonly PlainObject[];
  return items.map((item) => ({ apiVersion: type.info.apiVersion, kind: type.kind, ...item }));
}

function watchPrinter(call: CommandRun, { type }: ResourceInfo): (printed: Printed) => string {
  const { flags: given, session } = call;
  if (!isHumanReadable(call)) return getPrinter(given, session.host.files);
  const options = { withNamespace: given.flag("all-namespaces"), withKind: given.flag("show-kind") };
  const printer = new TablePrinter(tableOptions(call, type, options));
  return ({ object, event }) => printer.print(sortedRows(asTable(object), given.text("sort-by")), event);
}

function follow(
  call: CommandRun,
  { name, collection, object: first }: ResourceInfo,
  write: (object: PlainObject, event: string) => void,
): void {
  const { flags: given, session } = call;
  const isOne = name !== "";
  const listed = (first!.metadata as { resourceVersion?: string } | undefined)?.resourceVersion ?? "0";
  const query = {
    resourceVersion: isOne ? "0" : listed,
    labelSelector: given.text("selector") || undefined,
    fieldSelector: isOne ? `metadata.name=${name}` : given.text("field-selector") || undefined,
  };
  const watch = session.client.watch(collection, query, isHumanReadable(call) ? acceptTable : undefined);
  // Of one object the watch tells first that it is there, which was printed or is not wanted.
  let isKnown = isOne;
  let problem: ServerError | undefined;
  const stop = watch.start(({ type, object }: WatchEvent) => {
    if (type === "ERROR") problem ??= new ServerError(object);
    else if (type !== "BOOKMARK" && !isKnown) write(object, type);
    isKnown = false;
  });
  while (problem === undefined && session.host.wait());
  stop();
  if (problem !== undefined) throw problem;
}
