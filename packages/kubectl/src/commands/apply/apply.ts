import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { ServerError } from "../../client/server-error.ts";
import { CommandError, failure, together, usageError } from "../../command-error.ts";
import { readDryRun, readValidation } from "../../flags/dry-run.ts";
import type { Flag } from "../../flags/flag.ts";
import { printFlags, writeFlags } from "../../flags/global-flags.ts";
import { sortedKeys } from "../../output/json.ts";
import { objectPrinter } from "../../output/object-printer.ts";
import { fileFlags, requireFiles } from "../../resources/file-flags.ts";
import { findResources } from "../../resources/find-resources.ts";
import type { Command, CommandRun } from "../command.ts";
import { unmodelled } from "../unmodelled.ts";
import { applyByServer } from "./apply-by-server.ts";
import { applyObject } from "./apply-object.ts";
import { checkPrune, prune, readPrunePlan } from "./prune.ts";

const flags: readonly Flag[] = [
  ...printFlags,
  ...fileFlags,
  ...writeFlags,
  { name: "all", kind: "bool" },
  { name: "applyset", kind: "string" },
  { name: "cascade", kind: "string", initial: "background", bare: "background" },
  { name: "force", kind: "bool" },
  { name: "force-conflicts", kind: "bool" },
  { name: "grace-period", kind: "int", initial: "-1" },
  { name: "openapi-patch", kind: "bool", initial: "true" },
  { name: "overwrite", kind: "bool", initial: "true" },
  { name: "prune", kind: "bool" },
  { name: "prune-allowlist", kind: "stringArray" },
  { name: "selector", short: "l", kind: "string" },
  { name: "server-side", kind: "bool" },
  { name: "subresource", kind: "string" },
  { name: "timeout", kind: "duration", initial: "0s" },
  { name: "wait", kind: "bool" },
];

/** `kubectl apply` (pkg/cmd/apply/apply.go). */
export const apply: Command = {
  name: "apply",
  short: "Apply a configuration to a resource by file name or stdin",
  flags,
  run,
  subcommands: ["edit-last-applied", "set-last-applied", "view-last-applied"].map((name) =>
    unmodelled(`kubectl apply ${name}`, "Look at or change what was applied last", () => [apply]),
  ),
};

/** What became of an object. */
export interface AppliedObject {
  readonly object: PlainObject;
  readonly outcome: "created" | "configured" | "unchanged" | "serverside-applied";
}

function run(call: CommandRun): void {
  const { flags: given, session, args } = call;
  if (args.length > 0) throw usageError(call.path, `Unexpected args: [${args.join(" ")}]`);
  const dryRun = readDryRun(given);
  const serverSide = given.flag("server-side");
  requireFiles(given);
  readValidation(given);
  const plan = given.flag("prune") ? readPrunePlan(call) : undefined;
  check(call);
  const format = given.text("output");
  const printsAtEnd = format !== "" && format !== "name";
  const printAll = objectPrinter(session, given, "", dryRun);
  const { infos, error: unread } = findResources({ session, flags: given, args: [], objects: "asRead" }).infos();
  if (infos.length === 0 && unread === undefined) throw failure("no objects passed to apply");
  const errors: Error[] = unread === undefined ? [] : [unread];
  const done: PlainObject[] = [];
  for (const one of infos) {
    try {
      const { object, outcome } = serverSide ? applyByServer(call, one) : applyObject(call, one);
      done.push(object);
      if (!printsAtEnd) objectPrinter(session, given, outcome, dryRun)(object);
    } catch (reason) {
      if (!(reason instanceof CommandError || reason instanceof ServerError)) throw reason;
      errors.push(reason);
    }
  }
  if (errors.length > 0) throw together(errors);
  if (printsAtEnd) printAll(done.length === 1 ? (sortedKeys(done[0]!) as PlainObject) : listOf(done));
  if (plan !== undefined) prune(call, plan, infos, done);
}

function listOf(objects: readonly PlainObject[]): PlainObject {
  return { kind: "List", apiVersion: "v1", metadata: {}, items: objects.map(sortedKeys) };
}

function check(call: CommandRun): void {
  const { flags: given } = call;
  const serverSide = given.flag("server-side");
  const dryRun = readDryRun(given);
  if (given.flag("force-conflicts") && !serverSide) throw failure("--force-conflicts only works with --server-side");
  if (serverSide && dryRun === "client") {
    throw failure("--dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)");
  }
  if (given.flag("force") && serverSide) throw failure("--force cannot be used with --server-side");
  if (given.flag("force") && dryRun === "server") throw failure("--dry-run=server cannot be used with --force");
  if (given.flag("all") && given.text("selector") !== "") {
    throw failure("cannot set --all and --selector at the same time");
  }
  checkPrune(call);
  if (given.text("subresource") !== "" && !serverSide) {
    throw failure("--subresource can only be specified for --server-side");
  }
  if (given.has("applyset")) throw failure("apply --applyset is not modelled; use --prune with --selector or --all");
  if (given.flag("force")) throw failure("apply --force is not modelled; use kubectl replace --force");
  if (!given.flag("overwrite")) throw failure("apply --overwrite=false is not modelled; leave it out");
}
