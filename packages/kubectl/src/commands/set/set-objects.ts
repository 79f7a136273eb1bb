import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { failure } from "../../command-error.ts";
import { readDryRun } from "../../flags/dry-run.ts";
import type { Flag } from "../../flags/flag.ts";
import { dryRunFlag, printFlags } from "../../flags/global-flags.ts";
import { type ObjectPrinter, objectPrinter } from "../../output/object-printer.ts";
import { fileFlags } from "../../resources/file-flags.ts";
import { findResources } from "../../resources/find-resources.ts";
import { type ResourceInfo, resourceName } from "../../resources/resource-info.ts";
import type { CommandRun } from "../command.ts";
import { patchObjects } from "../patch-objects.ts";

export const setFlags: readonly Flag[] = [
  ...printFlags,
  ...fileFlags,
  dryRunFlag,
  { name: "all", kind: "bool" },
  { name: "field-manager", kind: "string" },
  { name: "local", kind: "bool" },
  { name: "selector", short: "l", kind: "string" },
];

/** What a `set` command says and does. */
export interface Setting {
  /** `image updated`. */
  readonly done: string;
  /** Before the server's refusal. */
  readonly failed: string;
  /** A patch is sent even where nothing changes. */
  readonly sendsAlways?: boolean;
  /** @throws CommandError */
  readonly change: (object: PlainObject) => PlainObject;
}

/** The printer of a `set` command; first of all it is looked whether there can be one. */
export function setPrinter({ flags, session }: CommandRun, done: string): ObjectPrinter {
  return objectPrinter(session, flags, done, readDryRun(flags));
}

/** All objects that are meant. @throws when one of them cannot be had */
export function setInfos({ flags, session }: CommandRun, resources: readonly string[]): readonly ResourceInfo[] {
  const isLocal = flags.flag("local");
  if (isLocal && resources.length > 0) throw localOnly();
  const { infos, error } = findResources({
    session,
    flags,
    args: resources,
    all: flags.flag("all") ? "typeAlone" : "none",
    objects: isLocal ? "asRead" : "latest",
    selects: !isLocal,
  }).infos();
  if (error !== undefined) throw error;
  return infos;
}

/** Changes objects; those that are so already are passed over in silence. @throws all errors together at the end */
export function setAll(
  call: CommandRun,
  infos: readonly ResourceInfo[],
  { failed, change, sendsAlways }: Setting,
  print: ObjectPrinter,
  earlier?: Error,
): void {
  const dryRun = readDryRun(call.flags);
  patchObjects(
    call,
    infos,
    {
      change,
      complaint: (info, message) => `error: ${resourceName(info)} ${message}`,
      failed,
      fieldManager: "kubectl-set",
      isServerDryRun: dryRun === "server",
      isLocal: call.flags.flag("local") || dryRun === "client",
      ...(sendsAlways === true ? {} : { unchanged: () => {} }),
      done: print,
    },
    earlier,
  );
}

export function checkLocal({ flags }: CommandRun): void {
  if (flags.flag("local") && readDryRun(flags) === "server") {
    throw failure("cannot specify --local and --dry-run=server - did you mean --dry-run=client?");
  }
}

function localOnly(): Error {
  return failure(
    [
      "error: you must specify resources by --filename when --local is set.",
      "Example resource specifications include:",
      "   '-f rsrc.yaml'",
      "   '--filename=rsrc.json'",
    ].join("\n"),
  );
}
