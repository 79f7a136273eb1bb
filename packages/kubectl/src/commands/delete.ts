import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { isNotFound, ServerError } from "../client/server-error.ts";
import { failure } from "../command-error.ts";
import { dryRunSuffix, readDryRun } from "../flags/dry-run.ts";
import type { Flag } from "../flags/flag.ts";
import { dryRunFlag } from "../flags/global-flags.ts";
import { fileFlags } from "../resources/file-flags.ts";
import { findResources } from "../resources/find-resources.ts";
import type { FoundResources } from "../resources/found-resources.ts";
import { objectPath, type ResourceInfo } from "../resources/resource-info.ts";
import type { ResourceType } from "../resources/resource-type.ts";
import type { Command, CommandRun } from "./command.ts";
import { type Deletion, deletionBody, readPropagation } from "./deletion.ts";
import { awaitDeletion, type DeletedObject } from "./wait/await-deletion.ts";

const flags: readonly Flag[] = [
  ...fileFlags,
  dryRunFlag,
  { name: "all", kind: "bool" },
  { name: "all-namespaces", short: "A", kind: "bool" },
  { name: "cascade", kind: "string", initial: "background", bare: "background" },
  { name: "field-selector", kind: "string" },
  { name: "force", kind: "bool" },
  { name: "grace-period", kind: "int", initial: "-1" },
  { name: "ignore-not-found", kind: "bool" },
  { name: "interactive", short: "i", kind: "bool" },
  { name: "now", kind: "bool" },
  { name: "output", short: "o", kind: "string" },
  { name: "raw", kind: "string" },
  { name: "selector", short: "l", kind: "string" },
  { name: "timeout", kind: "duration", initial: "0s" },
  { name: "wait", kind: "bool", initial: "true" },
];

/** `kubectl delete` (pkg/cmd/delete/delete.go). */
export const deleteCommand: Command = {
  name: "delete",
  short: "Delete resources by file names, stdin, resources and names, or by resources and label selector",
  suggestFor: ["rm", "remove"],
  flags,
  run,
};

function run(call: CommandRun): void {
  const { flags: given, session } = call;
  const propagation = readPropagation(call, given.text("cascade"));
  if (given.text("raw") !== "") throw failure("delete --raw is not modelled; name the objects or give them with -f");
  const deletion = { gracePeriod: readGracePeriod(call), propagation, dryRun: readDryRun(given) };
  const search = {
    session,
    flags: given,
    args: call.args,
    all: given.flag("all") ? "every" : "none",
    objects: "asRead",
  } as const;
  const found = findResources(search);
  check(call, deletion);
  if (given.flag("interactive") && !isConfirmed(call, findResources(search))) return;
  const deleted: DeletedObject[] = [];
  let count = 0;
  let warns = session.namespaceIsGiven && !given.flag("all-namespaces");
  found.visit(
    (info) => {
      count++;
      if (warns && !info.type.info.namespaced) {
        session.complain("Warning: deleting cluster-scoped resources, not scoped to the provided namespace");
        warns = false;
      }
      const uid = deletion.dryRun === "client" ? undefined : remove(call, info, deletion);
      tell(call, info, deletion);
      deleted.push({ info, uid });
    },
    (reason) => ignoresMissing(call) && isNotFound(reason),
  );
  if (count === 0) session.say("No resources found");
  else if (given.flag("wait") && deletion.dryRun === "none") {
    awaitDeletion(session, deleted, given.text("timeout") === "0s" ? "168h" : given.text("timeout"));
  }
}

/** Deletes one object and returns its uid. */
function remove({ session }: CommandRun, info: ResourceInfo, deletion: Deletion): string | undefined {
  try {
    const answer = session.client.ask("DELETE", objectPath(info), { body: deletionBody(deletion) });
    const about = (answer.kind === "Status" ? answer.details : answer.metadata) as PlainObject | undefined;
    return about?.uid as string | undefined;
  } catch (reason) {
    if (reason instanceof ServerError && info.source !== undefined) throw reason.when("deleting", info.source);
    throw reason;
  }
}

/** Objects have gone, so it is told by words and not by printing them. */
function tell({ session, flags: given }: CommandRun, info: ResourceInfo, { gracePeriod, dryRun }: Deletion): void {
  const word = wordOf(info.type);
  if (given.text("output") === "name") {
    session.say(`${word}/${info.name}`);
    return;
  }
  const operation = gracePeriod === 0 ? "force deleted" : "deleted";
  const place = info.namespace === undefined ? "" : ` from ${info.namespace} namespace`;
  session.say(`${word} ${JSON.stringify(info.name)} ${operation}${place}${dryRunSuffix(dryRun)}`);
}

function readGracePeriod({ flags: given }: CommandRun): number {
  const seconds = given.number("grace-period");
  const force = given.flag("force");
  if (given.flag("now")) {
    if (seconds !== -1) throw failure("--now and --grace-period cannot be specified together");
    return 1;
  }
  if (seconds === 0 && !force) return 1;
  return force && seconds < 0 ? 0 : seconds;
}

function check({ flags: given, session }: CommandRun, { gracePeriod }: Deletion): void {
  const format = given.text("output");
  if (format !== "" && format !== "name") {
    throw failure(`unexpected -o output mode: ${format}. We only support '-o name'`);
  }
  if (!given.flag("force")) return;
  if (gracePeriod > 0) throw failure("--force and --grace-period greater than 0 cannot be specified together");
  session.complain(
    "Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.",
  );
}

/** Shows what would be deleted and asks; the answer is on standard input. */
function isConfirmed(call: CommandRun, found: FoundResources): boolean {
  const { session } = call;
  const names: string[] = [];
  found.visit(
    ({ type, name }) => names.push(`${wordOf(type)}/${name}`),
    (reason) => ignoresMissing(call) && isNotFound(reason),
  );
  if (names.length === 0) {
    session.say("No resources found");
    return false;
  }
  session.say(`You are about to delete the following ${names.length} resource(s):`);
  for (const name of names) session.say(name);
  session.write("Do you want to continue? (y/N): ");
  if (/^\s*y\s*$/i.test(session.host.stdin.split("\n", 1)[0]!)) return true;
  session.say("deletion is cancelled");
  return false;
}

/** `service`, `deployment.apps`. */
function wordOf({ kind, info }: ResourceType): string {
  return info.group === "" ? kind.toLowerCase() : `${kind.toLowerCase()}.${info.group}`;
}

function ignoresMissing({ flags: given }: CommandRun): boolean {
  if (given.has("ignore-not-found")) return given.flag("ignore-not-found");
  return given.flag("all") || given.text("selector") !== "" || given.text("field-selector") !== "";
}
