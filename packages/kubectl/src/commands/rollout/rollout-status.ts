import type { ApiObject } from "@kubenetsim/core/model/api-object";
import { failure } from "../../command-error.ts";
import type { Flag } from "../../flags/flag.ts";
import { objectPath, type ResourceInfo } from "../../resources/resource-info.ts";
import type { Command, CommandRun } from "../command.ts";
import { Deadline } from "../wait/deadline.ts";
import { rolloutFlags, rolloutResources } from "./rollout-resources.ts";
import { statusViewers } from "./status-viewers.ts";

const flags: readonly Flag[] = [
  ...rolloutFlags,
  { name: "revision", kind: "int" },
  { name: "timeout", kind: "duration", initial: "0s" },
  { name: "watch", short: "w", kind: "bool", initial: "true" },
];

/** `kubectl rollout status` (pkg/cmd/rollout/rollout_status.go). */
export const rolloutStatus: Command = { name: "status", short: "Show the status of the rollout", flags, run };

function run(call: CommandRun): void {
  const { flags: given, session } = call;
  const found = rolloutResources(call);
  const revision = given.number("revision");
  if (revision < 0) throw failure(`revision must be a positive integer: ${revision}`);
  let count = 0;
  found.visit((info) => {
    count++;
    showStatus(call, info, revision);
  });
  if (count === 0) session.complain(`No resources found in ${session.namespace} namespace.`);
}

/** Tells how far it is, again after each change, until it is done. */
function showStatus({ flags: given, session }: CommandRun, info: ResourceInfo, revision: number): void {
  const viewer = statusViewers[info.type.kind];
  if (viewer === undefined) throw failure(`no status viewer has been implemented for ${info.type.info.qualified}`);
  const timeout = given.text("timeout");
  let shown: string | undefined;
  new Deadline(session, timeout === "0s" ? "-1s" : timeout).until(() => {
    const object = session.client.ask("GET", objectPath(info)) as unknown as ApiObject;
    if (object.metadata.resourceVersion === shown) return false;
    shown = object.metadata.resourceVersion;
    const { text, isDone } = viewer(object as never, revision);
    session.say(text);
    return isDone || !given.flag("watch");
  }, "timed out waiting for the condition");
}
