import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import type { Pod } from "@kubenetsim/core/model/pod";
import { ServerError } from "../../client/server-error.ts";
import { CommandError, failure, together } from "../../command-error.ts";
import { type DryRun, dryRunSuffix, readDryRun } from "../../flags/dry-run.ts";
import type { Flag } from "../../flags/flag.ts";
import { dryRunFlag } from "../../flags/global-flags.ts";
import type { Command, CommandRun } from "../command.ts";
import { Deadline } from "../wait/deadline.ts";
import { cordonNodes } from "./cordon.ts";
import { checkNodes, readNodes } from "./node-arguments.ts";
import { podsToDrain } from "./pods-to-drain.ts";

const flags: readonly Flag[] = [
  dryRunFlag,
  { name: "chunk-size", kind: "int", initial: "500" },
  { name: "delete-emptydir-data", kind: "bool" },
  { name: "disable-eviction", kind: "bool" },
  { name: "force", kind: "bool" },
  { name: "grace-period", kind: "int", initial: "-1" },
  { name: "ignore-daemonsets", kind: "bool" },
  { name: "pod-selector", kind: "string" },
  { name: "selector", short: "l", kind: "string" },
  { name: "skip-wait-for-delete-timeout", kind: "int" },
  { name: "timeout", kind: "duration", initial: "0s" },
];

/** `kubectl drain` (pkg/cmd/drain/drain.go): no new Pods for a node, and the ones that it has go. */
export const drain: Command = { name: "drain", short: "Drain node in preparation for maintenance", flags, run };

function run(call: CommandRun): void {
  const { flags: given, session } = call;
  checkNodes(call, "drain NODE");
  const dryRun = readDryRun(given);
  const nodes = readNodes(call);
  cordonNodes(session, nodes, true, dryRun);
  const failed: { readonly name: string; readonly reason: Error }[] = [];
  for (const { name } of nodes) {
    try {
      empty(call, name, dryRun);
      session.say(`node/${name} drained${dryRunSuffix(dryRun)}`);
    } catch (reason) {
      if (!(reason instanceof CommandError || reason instanceof ServerError)) throw reason;
      const text = reason.message.replace(/^error: /, "");
      session.complain(
        `error: unable to drain node ${JSON.stringify(name)} due to error: ${text}, continuing command...`,
      );
      failed.push({ name, reason });
    }
  }
  if (failed.length === 0) return;
  session.complain("There are pending nodes to be drained:");
  for (const { name } of failed) session.complain(` ${name}`);
  throw together(failed.map(({ reason }) => reason));
}

function empty(call: CommandRun, node: string, dryRun: DryRun): void {
  const { flags: given, session } = call;
  const { pods, warnings, errors } = podsToDrain(session, node, given);
  if (errors.length > 0) throw bracketed(errors);
  if (warnings !== "") session.complain(`Warning: ${warnings}`);
  const deadline = new Deadline(session, given.text("timeout") === "0s" ? "-1s" : given.text("timeout"));
  const byEviction = !given.flag("disable-eviction");
  const going: Pod[] = [];
  const failed: Error[] = [];
  for (const pod of pods) {
    const { namespace, name } = pod.metadata;
    if (dryRun === "client") session.say(`evicting pod ${namespace}/${name} (dry run)`);
    else if (byEviction) {
      session.say(`evicting pod ${namespace}/${name}${dryRunSuffix(dryRun)}`);
      const reason = evict(call, pod, dryRun);
      if (reason === undefined) going.push(pod);
      else failed.push(reason);
    } else {
      remove(call, pod, dryRun);
      going.push(pod);
    }
  }
  if (dryRun === "none") for (const pod of going) awaitEnd(call, pod, deadline, byEviction ? "evicted" : "deleted");
  if (failed.length === 0) return;
  const reason = bracketed(failed);
  const pending = podsToDrain(session, node, given).pods;
  if (pending.length > 0) {
    const text = reason.message.replace(/^error: /, "");
    session.complain(`There are pending pods in node ${JSON.stringify(node)} when an error occurred: ${text}`);
    for (const { metadata } of pending) session.complain(`pod/${metadata.name}`);
  }
  throw reason;
}

/** Several errors as one text (apimachinery, utilerrors.Aggregate). */
function bracketed(errors: readonly Error[]): Error {
  const texts = errors.map(({ message }) => message.replace(/^error: /, ""));
  return failure(texts.length === 1 ? texts[0]! : `[${texts.join(", ")}]`);
}

function pathOf({ metadata }: Pod): string {
  return `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}`;
}

function deleteOptions({ flags: given }: CommandRun, dryRun: DryRun): PlainObject {
  const seconds = given.number("grace-period");
  return {
    ...(seconds < 0 ? {} : { gracePeriodSeconds: seconds }),
    ...(dryRun === "server" ? { dryRun: ["All"] } : {}),
  };
}

/** Returns what went wrong; a Pod that has gone meanwhile is no matter. */
function evict(call: CommandRun, pod: Pod, dryRun: DryRun): Error | undefined {
  const { namespace = "", name } = pod.metadata;
  const eviction = {
    kind: "Eviction",
    apiVersion: "policy/v1",
    metadata: { name, namespace },
    deleteOptions: deleteOptions(call, dryRun),
  };
  try {
    call.session.client.ask("POST", `${pathOf(pod)}/eviction`, { body: JSON.stringify(eviction) });
    return undefined;
  } catch (reason) {
    if (!(reason instanceof ServerError)) throw reason;
    return failure(
      `error when evicting pods/${JSON.stringify(name)} -n ${JSON.stringify(namespace)}: ${reason.message}`,
    );
  }
}

function remove(call: CommandRun, pod: Pod, dryRun: DryRun): void {
  const options = { kind: "DeleteOptions", apiVersion: "v1", ...deleteOptions(call, dryRun) };
  try {
    call.session.client.ask("DELETE", pathOf(pod), { body: JSON.stringify(options) });
  } catch (reason) {
    if (!(reason instanceof ServerError) || reason.reason !== "NotFound") throw reason;
  }
}

function awaitEnd({ session }: CommandRun, pod: Pod, deadline: Deadline, done: string): void {
  const { namespace, name, uid } = pod.metadata;
  const isGone = (): boolean => {
    try {
      const { metadata } = session.client.ask("GET", pathOf(pod)) as unknown as Pod;
      return metadata.uid !== uid;
    } catch (reason) {
      if (reason instanceof ServerError && reason.reason === "NotFound") return true;
      throw reason;
    }
  };
  const late = `error when waiting for pod ${JSON.stringify(name)} in namespace ${JSON.stringify(namespace)} to terminate: global timeout reached`;
  deadline.until(isGone, late);
  session.say(`pod/${name} ${done}`);
}
