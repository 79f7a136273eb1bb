import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { readValues } from "@kubenetsim/core/apiserver/manifest/read-manifests";
import { yamlProblem } from "@kubenetsim/core/apiserver/manifest/yaml-problem";
import { sameJson } from "@kubenetsim/core/apiserver/patch/json-patch";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import { patchedHere } from "../client/local-patch.ts";
import { writeQuery } from "../client/write-query.ts";
import { failure } from "../command-error.ts";
import { readDryRun } from "../flags/dry-run.ts";
import type { Flag } from "../flags/flag.ts";
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
  const text = readPatch(call);
  const isLocal = given.flag("local") || dryRun === "client";
  let count = 0;
  findResources({ session, flags: given, args: call.args, objects: given.flag("local") ? "asRead" : "latest" }).visit(
    (info) => {
      count++;
      const before = info.object!;
      const after = isLocal ? patchedHere(before, text, type, info.type) : send(call, info, text, type);
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

/** As JSON. What looks like an object goes as it is, and is the server's to read (apimachinery, yaml.ToJSON). */
function readPatch({ flags: given, session }: CommandRun): string {
  const file = given.text("patch-file");
  const text = file === "" ? given.text("patch") : session.host.files.read(file);
  if (text === undefined) throw failure(`unable to read patch file: open ${file}: no such file or directory`);
  if (/^\s*\{/.test(text)) return text;
  const yaml = text.endsWith("\n") ? text : `${text}\n`;
  try {
    return JSON.stringify([...readValues(yaml, "patch")][0] ?? null);
  } catch (reason) {
    if (!(reason instanceof ParseError)) throw reason;
    const problem = yamlProblem(reason, yaml).replace("error converting YAML to JSON: ", "");
    throw failure(`unable to parse ${JSON.stringify(given.text("patch"))}: ${problem}`);
  }
}

function send({ flags: given, session }: CommandRun, info: ResourceInfo, body: string, type: string) {
  return session.client.ask("PATCH", objectPath(info, given.text("subresource")), {
    body,
    contentType: contentTypes[type]!,
    query: writeQuery({
      fieldManager: given.text("field-manager") || "kubectl-patch",
      dryRun: readDryRun(given),
    }),
  });
}
