import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { timestampOf } from "@kubenetsim/core/runtime/timestamp";
import { isNotFound } from "../../client/server-error.ts";
import { CommandError, failure, usageError } from "../../command-error.ts";
import type { Flag } from "../../flags/flag.ts";
import { withoutManagedFields } from "../../output/object-printer.ts";
import { printYaml } from "../../output/yaml.ts";
import { fileFlags, requireFiles } from "../../resources/file-flags.ts";
import { findResources } from "../../resources/find-resources.ts";
import type { ResourceInfo } from "../../resources/resource-info.ts";
import { retrieved } from "../../resources/resource-requests.ts";
import type { Command, CommandRun } from "../command.ts";
import { withHiddenData } from "./hidden-data.ts";
import { mergedObject } from "./merged-object.ts";
import { unifiedDiff } from "./unified-diff.ts";

const flags: readonly Flag[] = [
  ...fileFlags,
  { name: "concurrency", kind: "int", initial: "1" },
  { name: "field-manager", kind: "string" },
  { name: "force-conflicts", kind: "bool" },
  { name: "prune", kind: "bool" },
  { name: "prune-allowlist", kind: "stringArray" },
  { name: "selector", short: "l", kind: "string" },
  { name: "server-side", kind: "bool" },
  { name: "show-managed-fields", kind: "bool" },
  { name: "show-secrets", kind: "bool" },
];

/** `kubectl diff` (pkg/cmd/diff/diff.go): exit code 1 tells that there are differences, 2 that something went wrong. */
export const diff: Command = {
  name: "diff",
  short: "Diff the live version against a would-be applied version",
  flags,
  failsWith: 2,
  flagHint: "See 'kubectl diff -h' for help and examples",
  run,
};

function run(call: CommandRun): void {
  const { args, flags: given, path, session } = call;
  if (args.length > 0) throw usageError(path, `Unexpected args: [${args.join(" ")}]`);
  requireFiles(given);
  if (given.flag("force-conflicts") && !given.flag("server-side")) {
    throw failure("--force-conflicts only works with --server-side");
  }
  for (const name of ["prune", "prune-allowlist"]) {
    if (given.has(name)) throw failure(`diff --${name} is not modelled; leave it out`);
  }
  const texts = new Map<string, string>();
  findResources({ session, flags: given, args: [], objects: "asRead", stops: true }).visit((info) => {
    const live = liveObject(call, info);
    const merged = mergedObject(call, info, live);
    texts.set(fileName(info), textOf(call, fileName(info), live, merged));
    warnOfDeletion(call, live);
  });
  const names = [...texts.keys()].sort();
  const text = names.map((name) => texts.get(name)).join("");
  session.write(text);
  if (text !== "") throw new CommandError("", 1);
}

function liveObject({ session }: CommandRun, info: ResourceInfo): PlainObject | undefined {
  try {
    return retrieved(session, info).object;
  } catch (reason) {
    if (isNotFound(reason)) return undefined;
    throw reason;
  }
}

/** `apps.v1.Deployment.default.web`. */
function fileName({ type, name, namespace = "" }: ResourceInfo): string {
  const { group, version } = type.info;
  return `${group === "" ? "" : `${group}.`}${version}.${type.kind}.${namespace}.${name}`;
}

function textOf(call: CommandRun, name: string, live: PlainObject | undefined, merged: PlainObject): string {
  const { flags: given, session } = call;
  const shown = given.flag("show-managed-fields")
    ? ([live, merged] as const)
    : ([live && withoutManagedFields(live), withoutManagedFields(merged)] as const);
  const isHidden = merged.kind === "Secret" && !given.flag("show-secrets");
  const [before, after] = isHidden ? withHiddenData(...shown) : shown;
  const changes = unifiedDiff(before === undefined ? "" : printYaml(before), printYaml(after));
  if (changes === "") return "";
  // The real ones are folders of drawn names, where the program diff finds both versions.
  const [from, to] = [`LIVE/${name}`, `MERGED/${name}`];
  const time = `${timestampOf(session.host.nowMs).replace("T", " ").replace("Z", "")}.000000000 +0000`;
  return `diff -u -N ${from} ${to}\n--- ${from}\t${time}\n+++ ${to}\t${time}\n${changes}`;
}

function warnOfDeletion({ session }: CommandRun, live: PlainObject | undefined): void {
  const { name, deletionTimestamp } = (live?.metadata ?? {}) as { name?: string; deletionTimestamp?: string };
  if (deletionTimestamp === undefined) return;
  session.complain(`Warning: Detected changes to resource ${name} which is currently being deleted.`);
}
