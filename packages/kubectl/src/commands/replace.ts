import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { isNotFound, ServerError } from "../client/server-error.ts";
import { writeQuery } from "../client/write-query.ts";
import { failure } from "../command-error.ts";
import { readDryRun, readValidation } from "../flags/dry-run.ts";
import type { Flag } from "../flags/flag.ts";
import { printFlags, saveConfigFlag, writeFlags } from "../flags/global-flags.ts";
import { sortedKeys } from "../output/json.ts";
import { type ObjectPrinter, objectPrinter } from "../output/object-printer.ts";
import { fileFlags, namesFiles, requireFiles } from "../resources/file-flags.ts";
import { findResources } from "../resources/find-resources.ts";
import type { FoundResources } from "../resources/found-resources.ts";
import { annotated } from "../resources/last-applied.ts";
import { objectPath, type ResourceInfo } from "../resources/resource-info.ts";
import type { Command, CommandRun } from "./command.ts";

const flags: readonly Flag[] = [
  ...printFlags,
  ...fileFlags,
  ...writeFlags,
  saveConfigFlag,
  { name: "cascade", kind: "string", initial: "background", bare: "background" },
  { name: "force", kind: "bool" },
  { name: "grace-period", kind: "int", initial: "-1" },
  { name: "raw", kind: "string" },
  { name: "subresource", kind: "string" },
  { name: "timeout", kind: "duration", initial: "0s" },
  { name: "wait", kind: "bool" },
];

/** `kubectl replace` (pkg/cmd/replace/replace.go). */
export const replace: Command = { name: "replace", short: "Replace a resource by file name or stdin", flags, run };

function run(call: CommandRun): void {
  const { flags: given, session, args } = call;
  const print = objectPrinter(session, given, "replaced", readDryRun(given));
  requireFiles(given);
  check(call);
  if (given.text("raw") !== "") throw failure("replace --raw is not modelled; give the objects with -f");
  const found = findResources({ session, flags: given, args, objects: "asRead" });
  if (given.flag("force")) replaceByForce(call, found, print);
  else found.visit((info) => print(sortedKeys(replaceObject(call, info)) as PlainObject));
}

function check({ flags: given }: CommandRun): void {
  const force = given.flag("force");
  if (given.number("grace-period") >= 0 && !force) throw failure("--grace-period must have --force specified");
  if (given.text("timeout") !== "0s" && !force) throw failure("--timeout must have --force specified");
  if (force && readDryRun(given) !== "none") throw failure("--dry-run can not be used when --force is set");
  if (!namesFiles(given)) throw failure("must specify --filename to replace");
}

function replaceObject({ flags: given, session }: CommandRun, info: ResourceInfo): PlainObject {
  const object = annotated(info.object!, given.flag("save-config"));
  const dryRun = readDryRun(given);
  if (dryRun === "client") return object;
  const path = objectPath(info, given.text("subresource"));
  const fieldManager = given.text("field-manager") || "kubectl-replace";
  const query = writeQuery({ fieldManager, dryRun, fieldValidation: readValidation(given) });
  try {
    return session.client.ask("PUT", path, { body: JSON.stringify(versioned(session, object, path)), query });
  } catch (reason) {
    throw reason instanceof ServerError ? reason.when("replacing", info.source ?? "") : reason;
  }
}

/** A manifest that names no version replaces whatever there is (resource.Helper.Replace). */
function versioned(session: CommandRun["session"], object: PlainObject, path: string): PlainObject {
  const metadata = object.metadata as PlainObject;
  if (metadata.resourceVersion) return object;
  const { code, body } = session.client.answer("GET", path);
  if (code >= 400) return object;
  const { resourceVersion } = (body as PlainObject).metadata as { resourceVersion: string };
  return { ...object, metadata: { ...metadata, resourceVersion } };
}

/** Deletes the objects, waits until they are gone, and creates them. */
function replaceByForce(call: CommandRun, found: FoundResources, print: ObjectPrinter): void {
  const { flags: given, session } = call;
  const seconds = given.number("grace-period");
  const options = {
    kind: "DeleteOptions",
    apiVersion: "v1",
    ...(seconds < 0 ? {} : { gracePeriodSeconds: Math.max(seconds, 1) }),
    propagationPolicy: "Background",
  };
  found.visit((info) => {
    session.client.ask("DELETE", objectPath(info), { body: JSON.stringify(options) });
    const { type, name, namespace } = info;
    const word = type.info.qualified.replace(type.kind, type.info.singular);
    const place = namespace === undefined ? "" : ` from ${namespace} namespace`;
    session.say(`${word} ${JSON.stringify(name)} deleted${place}`);
  }, isNotFound);
  found.visit((info) => {
    while (session.client.answer("GET", objectPath(info)).code < 400) {
      if (!session.host.wait()) throw failure("timed out waiting for the condition");
    }
  });
  let count = 0;
  found.visit((info) => {
    count++;
    const object = annotated(info.object!, given.flag("save-config"));
    const fieldManager = given.text("field-manager") || "kubectl-replace";
    const query = writeQuery({ fieldManager, dryRun: "none", fieldValidation: readValidation(given) });
    const path = info.collection;
    print(sortedKeys(session.client.ask("POST", path, { body: JSON.stringify(object), query })) as PlainObject);
  });
  if (count === 0) throw failure("no objects passed to replace");
}
