import type { Deployment } from "@kubenetsim/core/model/pod";
import { failure } from "../../command-error.ts";
import type { Flag } from "../../flags/flag.ts";
import { objectPath, type ResourceInfo } from "../../resources/resource-info.ts";
import type { Command, CommandRun } from "../command.ts";
import { Deadline } from "../wait/deadline.ts";
import { revisionOf } from "./deployment-revisions.ts";
import { rolloutFlags, rolloutResources } from "./rollout-resources.ts";

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
  if (info.type.kind !== "Deployment") {
    throw failure(`no status viewer has been implemented for ${info.type.info.qualified}`);
  }
  const timeout = given.text("timeout");
  let shown: string | undefined;
  new Deadline(session, timeout === "0s" ? "-1s" : timeout).until(() => {
    const deployment = session.client.ask("GET", objectPath(info)) as unknown as Deployment;
    if (deployment.metadata.resourceVersion === shown) return false;
    shown = deployment.metadata.resourceVersion;
    const { text, isDone } = statusOf(deployment, revision);
    session.say(text);
    return isDone || !given.flag("watch");
  }, "timed out waiting for the condition");
}

/** pkg/polymorphichelpers/rollout_status.go, DeploymentStatusViewer. */
function statusOf(deployment: Deployment, revision: number): { text: string; isDone: boolean } {
  const { metadata, spec, status } = deployment;
  const running = revisionOf(deployment);
  if (revision > 0 && revision !== running) {
    throw failure(`desired revision (${revision}) is different from the running revision (${running})`);
  }
  const name = JSON.stringify(metadata.name);
  const waiting = (what: string) => ({
    text: `Waiting for deployment ${name} rollout to finish: ${what}...`,
    isDone: false,
  });
  const {
    observedGeneration = 0,
    updatedReplicas = 0,
    replicas = 0,
    availableReplicas = 0,
  } = (status ?? {}) as Readonly<Record<string, number>>;
  if ((metadata.generation ?? 0) > observedGeneration) {
    return { text: "Waiting for deployment spec update to be observed...", isDone: false };
  }
  if (isTooLate(deployment)) throw failure(`deployment ${name} exceeded its progress deadline`);
  const wanted = spec.replicas ?? 1;
  if (updatedReplicas < wanted) {
    return waiting(`${updatedReplicas} out of ${wanted} new replicas have been updated`);
  }
  if (replicas > updatedReplicas) return waiting(`${replicas - updatedReplicas} old replicas are pending termination`);
  if (availableReplicas < updatedReplicas) {
    return waiting(`${availableReplicas} of ${updatedReplicas} updated replicas are available`);
  }
  return { text: `deployment ${name} successfully rolled out`, isDone: true };
}

function isTooLate({ status }: Deployment): boolean {
  const { conditions = [] } = (status ?? {}) as { conditions?: readonly { type: string; reason?: string }[] };
  return conditions.some(({ type, reason }) => type === "Progressing" && reason === "ProgressDeadlineExceeded");
}
