import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { getPrinter } from "../../output/get-printer.ts";
import { sortByField } from "../../output/sort-objects.ts";
import type { CommandRun } from "../command.ts";
import { askForAll } from "./answers.ts";

/** `kubectl get -o …` of objects: one as it is, several as a List (pkg/cmd/get/get.go, printGeneric). */
export function getObjects(call: CommandRun): void {
  const { flags: given, session } = call;
  const { infos, error, isOne } = askForAll(call);
  if (isOne && error !== undefined) throw error;
  const objects = infos.map(({ object }) => object!);
  if (objects.length === 0 && given.flag("ignore-not-found")) {
    if (error !== undefined) throw error;
    return;
  }
  const print = getPrinter(given, session.host.files);
  session.write(
    print({ object: isOne && objects.length === 1 ? objects[0]! : listOf(sorted(objects, given.text("sort-by"))) }),
  );
  if (error !== undefined) throw error;
}

function listOf(items: readonly PlainObject[]): PlainObject {
  return { apiVersion: "v1", items, kind: "List", metadata: { resourceVersion: "" } };
}

function sorted(objects: readonly PlainObject[], sortBy: string): readonly PlainObject[] {
  return sortBy === "" || objects.length === 0 ? objects : sortByField(objects, sortBy, (object) => object);
}
