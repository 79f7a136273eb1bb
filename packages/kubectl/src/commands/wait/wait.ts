import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { isNotFound } from "../../client/server-error.ts";
import { failure } from "../../command-error.ts";
import type { Flag } from "../../flags/flag.ts";
import { printFlags } from "../../flags/global-flags.ts";
import { sortedKeys } from "../../output/json.ts";
import { type ObjectPrinter, objectPrinter } from "../../output/object-printer.ts";
import { fileFlags } from "../../resources/file-flags.ts";
import { findResources } from "../../resources/find-resources.ts";
import type { FoundResources } from "../../resources/found-resources.ts";
import { objectPath, type ResourceInfo, resourceName } from "../../resources/resource-info.ts";
import type { Command, CommandRun } from "../command.ts";
import { isGone } from "./await-deletion.ts";
import { type Condition, readConditions } from "./conditions.ts";
import { Deadline } from "./deadline.ts";

const flags: readonly Flag[] = [
  ...printFlags,
  ...fileFlags.map((flag) => (flag.name === "recursive" ? { ...flag, initial: "true" } : flag)),
  { name: "all", kind: "bool" },
  { name: "all-namespaces", short: "A", kind: "bool" },
  { name: "field-selector", kind: "string" },
  { name: "for", kind: "stringArray" },
  { name: "local", kind: "bool" },
  { name: "selector", short: "l", kind: "string" },
  { name: "timeout", kind: "duration", initial: "30s" },
];

/** `kubectl wait` (pkg/cmd/wait/wait.go), in virtual time. */
export const wait: Command = {
  name: "wait",
  short: "Wait for a specific condition on one or many resources",
  flags,
  run,
};

function run(call: CommandRun): void {
  const { flags: given, session } = call;
  const print = objectPrinter(session, given, "condition met", "none");
  const conditions = readConditions(given.list("for"));
  const deadline = new Deadline(session, given.text("timeout"));
  if (conditions.some(({ kind }) => kind === "create")) awaitCreation(call, deadline);
  const isDeletion = conditions.some(({ kind }) => kind === "delete");
  let count = 0;
  found(call).visit(
    (info) => {
      count++;
      for (const condition of conditions) awaitCondition(call, info, condition, deadline, print);
    },
    (reason) => isDeletion && isNotFound(reason),
  );
  if (count === 0 && !isDeletion) throw failure("no matching resources found");
}

function found({ args, flags: given, session }: CommandRun): FoundResources {
  const all = given.flag("all") ? "typeAlone" : "none";
  return findResources({ session, flags: given, args, all, objects: given.flag("local") ? "asRead" : "latest" });
}

function awaitCreation(call: CommandRun, deadline: Deadline): void {
  deadline.until(() => {
    let count = 0;
    try {
      found(call).visit(() => count++);
    } catch (reason) {
      if (isNotFound(reason)) return false;
      throw reason;
    }
    return count > 0;
  }, "timed out waiting for the condition");
}

function awaitCondition(
  { flags: given, session }: CommandRun,
  info: ResourceInfo,
  condition: Condition,
  deadline: Deadline,
  print: ObjectPrinter,
): void {
  const isOnce = /^[+-]?0(?:$|[a-zµ])/.test(given.text("timeout"));
  const late = isOnce
    ? `condition not met for ${resourceName(info)}`
    : `timed out waiting for the condition on ${resourceName(info)}`;
  let last: PlainObject = info.object!;
  if (condition.kind === "delete") deadline.until(() => isGone(session, { info, uid: undefined }), late);
  else if (condition.kind === "object") {
    deadline.until(() => {
      last = session.client.ask("GET", objectPath(info));
      return condition.isMet(last);
    }, late);
  }
  print(sortedKeys(last) as PlainObject);
}
