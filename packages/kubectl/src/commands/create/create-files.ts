import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { ServerError } from "../../client/server-error.ts";
import { writeQuery } from "../../client/write-query.ts";
import { failure, usageError } from "../../command-error.ts";
import { readDryRun, readValidation } from "../../flags/dry-run.ts";
import type { Flag } from "../../flags/flag.ts";
import { printFlags, saveConfigFlag, writeFlags } from "../../flags/global-flags.ts";
import { sortedKeys } from "../../output/json.ts";
import { objectPrinter } from "../../output/object-printer.ts";
import { fileFlags, requireFiles } from "../../resources/file-flags.ts";
import { findResources } from "../../resources/find-resources.ts";
import { annotated } from "../../resources/last-applied.ts";
import type { ResourceInfo } from "../../resources/resource-info.ts";
import type { CommandRun } from "../command.ts";

export const createFlags: readonly Flag[] = [
  ...printFlags,
  ...fileFlags,
  ...writeFlags,
  saveConfigFlag,
  { name: "edit", kind: "bool" },
  { name: "raw", kind: "string" },
  { name: "selector", short: "l", kind: "string" },
];

/** `kubectl create -f` (pkg/cmd/create/create.go). */
export function createFromFiles(call: CommandRun): void {
  const { flags: given, session, args } = call;
  if (args.length > 0) throw usageError(call.path, `Unexpected args: [${args.join(" ")}]`);
  const print = objectPrinter(session, given, "created", readDryRun(given));
  readValidation(given);
  requireFiles(given);
  for (const name of ["edit", "raw"]) {
    if (given.has(name)) throw failure(`create --${name} is not modelled; give the objects with -f`);
  }
  let count = 0;
  findResources({ session, flags: given, args: [], objects: "asRead" }).visit((info) => {
    const made = createObject(call, info);
    count++;
    print(sortedKeys(made) as PlainObject);
  });
  if (count === 0) throw failure("no objects passed to create");
}

function createObject({ flags: given, session }: CommandRun, info: ResourceInfo): PlainObject {
  const object = annotated(info.object!, given.flag("save-config"));
  const dryRun = readDryRun(given);
  if (dryRun === "client") return object;
  const fieldManager = given.text("field-manager") || "kubectl-create";
  const query = writeQuery({ fieldManager, dryRun, fieldValidation: readValidation(given) });
  const path = info.collection;
  try {
    return session.client.ask("POST", path, { body: JSON.stringify(object), query });
  } catch (reason) {
    throw reason instanceof ServerError ? reason.when("creating", info.source ?? "") : reason;
  }
}
