import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { together } from "../../command-error.ts";
import { getPrinter } from "../../output/get-printer.ts";
import { sortByField } from "../../output/sort-objects.ts";
import type { CommandRun } from "../command.ts";
import { askForAll, itemsOf } from "./answers.ts";

/** `kubectl get -o …` of objects: one as it is, several as a List (pkg/cmd/get/get.go, printGeneric). */
export function getObjects(call: CommandRun): void {
  const { flags: given, session } = call;
  const { answers, errors, isOne } = askForAll(call, {});
  if (isOne && errors.length > 0) throw together(errors);
  const objects = answers.flatMap(({ target, body }) => (target.name === undefined ? itemsOf(body) : [body]));
  if (objects.length === 0 && given.flag("ignore-not-found")) {
    if (errors.length > 0) throw together(errors);
    return;
  }
  const print = getPrinter(given, session.host.files);
  session.write(print({ object: isOne ? objects[0]! : listOf(sorted(objects, given.text("sort-by"))) }));
  if (errors.length > 0) throw together(errors);
}

function listOf(items: readonly PlainObject[]): PlainObject {
  return { apiVersion: "v1", items, kind: "List", metadata: { resourceVersion: "" } };
}

function sorted(objects: readonly PlainObject[], sortBy: string): readonly PlainObject[] {
  return sortBy === "" || objects.length === 0 ? objects : sortByField(objects, sortBy, (object) => object);
}
