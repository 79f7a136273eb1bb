import type { Plain, PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { readValues } from "@kubenetsim/core/apiserver/manifest/read-manifests";
import { yamlProblem } from "@kubenetsim/core/apiserver/manifest/yaml-problem";
import {
  applyJsonPatch,
  JsonPatchFailure,
  type Operation,
  sameJson,
} from "@kubenetsim/core/apiserver/patch/json-patch";
import { applyMergePatch } from "@kubenetsim/core/apiserver/patch/merge-patch";
import { StrategicFailure } from "@kubenetsim/core/apiserver/patch/strategic/strategic-failure";
import { applyStrategicPatch } from "@kubenetsim/core/apiserver/patch/strategic/strategic-patch";
import { plainCopy } from "@kubenetsim/core/apiserver/plain-copy";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import { writeQuery } from "../client/write-query.ts";
import { CommandError, failure } from "../command-error.ts";
import { readDryRun } from "../flags/dry-run.ts";
import type { Flag, FlagValues } from "../flags/flag.ts";
import { dryRunFlag, printFlags } from "../flags/global-flags.ts";
import { sortedKeys } from "../output/json.ts";
import { objectPrinter } from "../output/object-printer.ts";
import { fileFlags } from "../resources/file-flags.ts";
import { findResources } from "../resources/find-resources.ts";
import { objectPath, type ResourceInfo } from "../resources/resource-info.ts";
import type { Command, CommandRun } from "./command.ts";

const flags: readonly Flag[] = [
  ...printFlags,
  ...fileFlags,
  dryRunFlag,
  { name: "field-manager", kind: "string" },
  { name: "local", kind: "bool" },
  { name: "patch", short: "p", kind: "string" },
  { name: "patch-file", kind: "string" },
  { name: "subresource", kind: "string" },
  { name: "type", kind: "string", initial: "strategic" },
];

/** `kubectl patch` (pkg/cmd/patch/patch.go). */
export const patch: Command = {
  name: "patch",
  short: "Update fields of a resource",
  flags,
  run,
};

const contentTypes: Readonly<Record<string, string>> = {
  json: "application/json-patch+json",
  merge: "application/merge-patch+json",
  strategic: "application/strategic-merge-patch+json",
};

function run(call: CommandRun): void {
  const { flags: given, session } = call;
  const dryRun = readDryRun(given);
  check(call);
  const type = given.text("type").toLowerCase();
  const value = readPatch(call);
  const isLocal = given.flag("local") || dryRun === "client";
  const subresource = readSubresource(given);
  let count = 0;
  findResources({ session, flags: given, args: call.args, objects: given.flag("local") ? "asRead" : "latest" }).visit(
    (info) => {
      count++;
      const before = info.object!;
      const after = isLocal ? patchedHere(before, value, type, info) : send(call, info, value, type, subresource);
      const didPatch = !sameJson(before, after);
      const print = objectPrinter(session, given, didPatch ? "patched" : "patched (no change)", "none");
      print(sortedKeys(after) as PlainObject);
    },
  );
  if (count === 0) throw failure("no objects passed to patch");
}

function check({ flags: given, args }: CommandRun): void {
  const [text, file] = [given.text("patch"), given.text("patch-file")];
  if (text !== "" && file !== "") throw failure("cannot specify --patch and --patch-file together");
  if (text === "" && file === "") {
    throw failure("must specify --patch or --patch-file containing the contents of the patch");
  }
  if (given.flag("local") && args.length > 0) throw failure("cannot specify --local and server resources");
  if (given.flag("local") && readDryRun(given) === "server") {
    throw failure("cannot specify --local and --dry-run=server - did you mean --dry-run=client?");
  }
  const type = given.text("type");
  if (type !== "" && !Object.hasOwn(contentTypes, type.toLowerCase())) {
    throw failure(`--type must be one of [json merge strategic], not ${JSON.stringify(type)}`);
  }
}

function readSubresource(given: FlagValues): string {
  const name = given.text("subresource");
  return name === "" ? "" : `/${name}`;
}

/** JSON, or YAML that says the same. */
function readPatch({ flags: given, session }: CommandRun): Plain {
  const file = given.text("patch-file");
  const text = file === "" ? given.text("patch") : session.host.files.read(file);
  if (text === undefined) throw failure(`unable to read patch file: open ${file}: no such file or directory`);
  try {
    return [...readValues(text, "patch")][0] ?? null;
  } catch (reason) {
    if (!(reason instanceof ParseError)) throw reason;
    const problem = yamlProblem(reason, `y${text}`).replace("error converting YAML to JSON: ", "");
    throw failure(`unable to parse ${JSON.stringify(given.text("patch"))}: ${problem}`);
  }
}

function send({ flags: given, session }: CommandRun, info: ResourceInfo, value: Plain, type: string, below: string) {
  return session.client.ask("PATCH", objectPath(info, below), {
    body: JSON.stringify(value),
    contentType: contentTypes[type]!,
    query: writeQuery({
      fieldManager: given.text("field-manager") || "kubectl-patch",
      dryRun: readDryRun(given),
    }),
  });
}

/** Without the server, its fields are not looked at. */
function patchedHere(before: PlainObject, value: Plain, type: string, { type: { info } }: ResourceInfo): PlainObject {
  try {
    const object = plainCopy(before) as Record<string, unknown>;
    const touched = new Set<unknown>();
    if (type === "strategic") {
      return applyStrategicPatch(object, value as Record<string, unknown>, info.struct) as PlainObject;
    }
    if (type === "json") return applyJsonPatch(object, value as unknown as Operation[], touched) as PlainObject;
    applyMergePatch(object, value as PlainObject, touched);
    return object as PlainObject;
  } catch (reason) {
    if (reason instanceof StrategicFailure) throw failure(reason.message);
    if (reason instanceof JsonPatchFailure) throw new CommandError("error: the patch does not apply to the object");
    throw reason;
  }
}
