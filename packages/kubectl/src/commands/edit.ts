import type { Plain, PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { readValues } from "@kubenetsim/core/apiserver/manifest/read-manifests";
import { manifestProblem } from "@kubenetsim/core/apiserver/manifest/yaml-problem";
import { sameJson } from "@kubenetsim/core/apiserver/patch/json-patch";
import { twoWayPatch } from "@kubenetsim/core/apiserver/patch/strategic/strategic-patch";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import { ServerError } from "../client/server-error.ts";
import { writeQuery } from "../client/write-query.ts";
import { CommandError, failure } from "../command-error.ts";
import { readValidation } from "../flags/dry-run.ts";
import type { Flag } from "../flags/flag.ts";
import { printFlags, writeFlags } from "../flags/global-flags.ts";
import type { Edited } from "../host.ts";
import { sortedKeys } from "../output/json.ts";
import { objectPrinter, withoutManagedFields } from "../output/object-printer.ts";
import { printYaml } from "../output/yaml.ts";
import { fileFlags } from "../resources/file-flags.ts";
import { findResources } from "../resources/find-resources.ts";
import { objectPath, type ResourceInfo } from "../resources/resource-info.ts";
import type { Command, CommandRun } from "./command.ts";

const flags: readonly Flag[] = [
  ...printFlags,
  ...fileFlags,
  ...writeFlags.filter(({ name }) => name !== "dry-run"),
  { name: "output-patch", kind: "bool" },
  { name: "save-config", kind: "bool" },
  { name: "subresource", kind: "string" },
  { name: "windows-line-endings", kind: "bool" },
];

/** `kubectl edit` (pkg/cmd/util/editor/editoptions.go); the host's `edit` is the editor. */
export const edit: Command = { name: "edit", short: "Edit a resource on the server", flags, run };

/** Why a file is shown again. */
interface EditReason {
  readonly head: string;
  readonly details: readonly string[];
}

function run(call: CommandRun): void {
  const { session, flags: given } = call;
  const change = session.host.edit;
  if (change === undefined)
    throw failure("edit needs an editor: give a function that changes the text, or EDITOR='sed -i …'");
  const format = given.text("output");
  if (format !== "" && format !== "yaml") throw failure(`edit -o ${format} is not modelled; leave it out`);
  const found = findResources({ session, flags: given, args: call.args, all: "typeAlone", objects: "latest" });
  const { infos, error } = found.infos();
  if (error !== undefined) throw error;
  if (infos.length === 0) throw failure("edit cancelled, no objects found");
  let shown = editable(infos);
  let reasons: readonly EditReason[] = [];
  for (let isFirst = true; ; isFirst = false) {
    const edited = editedText(session, change(headerOf(reasons) + shown));
    const kept = withoutComments(edited);
    if (kept === withoutComments(shown)) {
      if (!isFirst) throw new CommandError("error: Edit cancelled, no valid changes were saved.");
      throw new CommandError("Edit cancelled, no changes made.", 0);
    }
    if (kept.trim() === "") throw new CommandError("Edit cancelled, saved file was empty.", 0);
    reasons = save(call, infos, edited);
    if (reasons.length === 0) return;
    shown = kept;
  }
}

function editedText(session: CommandRun["session"], { text, stdout, stderr, problem }: Edited): string {
  session.write(stdout);
  if (stderr !== "") session.complain(stderr.trimEnd());
  if (problem !== undefined) throw failure(problem);
  return text;
}

/** Without `managedFields`, as `kubectl get -o yaml` shows it. */
function editable(infos: readonly ResourceInfo[]): string {
  const objects = infos.map(({ object }) => withoutManagedFields(object!));
  return printYaml(
    objects.length === 1 ? objects[0]! : { apiVersion: "v1", items: objects, kind: "List", metadata: {} },
  );
}

function headerOf(reasons: readonly EditReason[]): string {
  const lines = [
    "Please edit the object below. Lines beginning with a '#' will be ignored,",
    "and an empty file will abort the edit. If an error occurs while saving this file will be",
    "reopened with the relevant failures.",
    "",
    ...reasons.flatMap(({ head, details }) => [
      details.length === 0 ? head : `${head}:`,
      ...details.map((detail) => `* ${detail}`),
      "",
    ]),
  ];
  return lines.map((line) => `${`# ${line}`.trimEnd()}\n`).join("");
}

function withoutComments(text: string): string {
  return text
    .split("\n")
    .filter((line) => !line.trimStart().startsWith("#"))
    .join("\n");
}

/** Patches what has changed; what the server finds invalid is returned. */
function save(call: CommandRun, infos: readonly ResourceInfo[], text: string): readonly EditReason[] {
  let objects: readonly PlainObject[];
  try {
    objects = [...readValues(text, "edited-file")].flatMap((value) => itemsOf(value as PlainObject | null));
  } catch (reason) {
    if (!(reason instanceof ParseError)) throw reason;
    return [{ head: `The edited file had a syntax error: ${manifestProblem(reason, text)}`, details: [] }];
  }
  if (objects.length !== infos.length) throw failure("The edited file must hold the objects that were shown.");
  return infos.flatMap((info, i) => patchOne(call, info, objects[i]!));
}

function itemsOf(value: PlainObject | null): readonly PlainObject[] {
  if (value === null) return [];
  return value.kind === "List" && Array.isArray(value.items) ? (value.items as readonly PlainObject[]) : [value];
}

function patchOne({ session, flags: given }: CommandRun, info: ResourceInfo, edited: PlainObject): EditReason[] {
  const before = withoutManagedFields(info.object!);
  const dryRun = "none";
  if (sameJson(before, edited)) {
    objectPrinter(session, given, "skipped", dryRun)(before);
    return [];
  }
  const { name } = before.metadata as { name: string };
  const metadata = (edited.metadata ?? {}) as PlainObject;
  if (edited.apiVersion !== before.apiVersion || edited.kind !== before.kind || metadata.name !== name) {
    throw failure("At least one of apiVersion, kind and name was changed");
  }
  const patch = twoWayPatch(
    before as Record<string, unknown>,
    edited as Record<string, unknown>,
    info.type.info.struct,
  );
  try {
    const after = session.client.ask("PATCH", objectPath(info, given.text("subresource")), {
      body: JSON.stringify(sortedKeys(patch as Plain)),
      contentType: "application/strategic-merge-patch+json",
      query: writeQuery({
        fieldManager: given.text("field-manager") || "kubectl-edit",
        dryRun,
        fieldValidation: readValidation(given),
      }),
    });
    objectPrinter(session, given, "edited", dryRun)(sortedKeys(after) as PlainObject);
    return [];
  } catch (reason) {
    if (!(reason instanceof ServerError)) throw reason;
    const what = `${info.type.info.resource} ${JSON.stringify(info.name)}`;
    if (reason.reason === "NotFound") throw failure(`${what} could not be found on the server`);
    if (reason.reason !== "Invalid") throw failure(`${what} could not be patched: ${reason.message}`);
    session.complain(`error: ${what} is invalid`);
    return [{ head: `${what} was not valid`, details: reason.causes }];
  }
}
