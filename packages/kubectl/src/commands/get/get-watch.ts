import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import type { WatchEvent } from "@kubenetsim/core/apiserver/rest/request";
import { ServerError } from "../../client/server-error.ts";
import { failure, together } from "../../command-error.ts";
import { getPrinter, type Printed } from "../../output/get-printer.ts";
import { asTable } from "../../output/table.ts";
import { TablePrinter } from "../../output/table-printer.ts";
import { readTargets, type Target } from "../../resources/targets.ts";
import type { CommandRun } from "../command.ts";
import { type Answer, acceptTable, askForAll, isHumanReadable, itemsOf } from "./answers.ts";
import { sortedRows, tableOptions } from "./get-tables.ts";

/**
 * `kubectl get -w` (pkg/cmd/get/get.go, watch): what there is, then what happens to it. The watch ends when the cluster has come
 * to rest: from then on nothing would ever come.
 */
export function getWatch(call: CommandRun): void {
  const { flags: given, session } = call;
  const { targets } = readTargets(call);
  if (new Set(targets.map(({ type }) => type)).size > 1) throw failure("you may only specify a single resource type");
  const { answers, errors, isOne } = askForAll(call, isHumanReadable(call) ? { accept: acceptTable } : {});
  if (errors.length > 0) throw together(errors);
  const [first] = answers;
  if (first === undefined) return;
  const print = watchPrinter(call, first.target);
  const withEvents = given.flag("output-watch-events");
  const write = (object: PlainObject, event: string): void =>
    session.write(print({ object, ...(withEvents ? { event } : {}) }));
  if (!given.flag("watch-only")) for (const object of answers.flatMap(shownAtFirst)) write(object, "ADDED");
  if (targets.length > 1) throw failure("you may only watch a single resource or type of resource at a time");
  follow(call, first, isOne, write);
}

function shownAtFirst({ target, body }: Answer): PlainObject[] {
  return target.name === undefined && body.kind !== "Table" ? itemsOf(body) : [body];
}

function watchPrinter(call: CommandRun, { type }: Target): (printed: Printed) => string {
  const { flags: given, session } = call;
  if (!isHumanReadable(call)) return getPrinter(given, session.host.files);
  const options = { withNamespace: given.flag("all-namespaces"), withKind: given.flag("show-kind") };
  const printer = new TablePrinter(tableOptions(call, type, options));
  return ({ object, event }) => printer.print(sortedRows(asTable(object), given.text("sort-by")), event);
}

function follow(
  call: CommandRun,
  { target, body }: Answer,
  isOne: boolean,
  write: (object: PlainObject, event: string) => void,
): void {
  const { flags: given, session } = call;
  const listed = (body.metadata as { resourceVersion?: string } | undefined)?.resourceVersion ?? "0";
  const query = {
    resourceVersion: isOne ? "0" : listed,
    labelSelector: given.text("selector") || undefined,
    fieldSelector: isOne ? `metadata.name=${target.name!}` : given.text("field-selector") || undefined,
  };
  const watch = session.client.watch(target.path, query, isHumanReadable(call) ? acceptTable : undefined);
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
