import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import type { Deployment, ReplicaSet } from "@kubenetsim/core/model/pod";
import { ServerError } from "../../client/server-error.ts";
import { failure } from "../../command-error.ts";
import { type DryRun, readDryRun } from "../../flags/dry-run.ts";
import type { Flag } from "../../flags/flag.ts";
import { dryRunFlag, printFlags } from "../../flags/global-flags.ts";
import { sortedKeys } from "../../output/json.ts";
import { objectPrinter } from "../../output/object-printer.ts";
import { objectPath, type ResourceInfo, resourceName } from "../../resources/resource-info.ts";
import type { Session } from "../../session.ts";
import type { Command, CommandRun } from "../command.ts";
import type { DescribedTemplate } from "../describe/described.ts";
import { replicaSetText, revisionOf, revisionsOf, templateText, withoutHash } from "./deployment-revisions.ts";
import { rolloutFlags, rolloutResources } from "./rollout-resources.ts";
import { controllerRevisionsOf, hasControllerRevisions, templateOf } from "./set-revisions.ts";

const flags: readonly Flag[] = [...rolloutFlags, ...printFlags, dryRunFlag, { name: "to-revision", kind: "int" }];

/** `kubectl rollout undo` (pkg/cmd/rollout/rollout_undo.go). */
export const rolloutUndo: Command = { name: "undo", short: "Undo a previous rollout", flags, run };

const lastApplied = "kubectl.kubernetes.io/last-applied-configuration";

/** Annotations of the Deployment that stay, whatever its ReplicaSet has (pkg/polymorphichelpers/rollback.go). */
const keptAnnotations = [
  lastApplied,
  "deployment.kubernetes.io/revision",
  "deployment.kubernetes.io/revision-history",
  "deployment.kubernetes.io/desired-replicas",
  "deployment.kubernetes.io/max-replicas",
  "deprecated.deployment.rollback.to",
];

function run(call: CommandRun): void {
  const { flags: given, session } = call;
  const dryRun = readDryRun(given);
  rolloutResources(call).visit((info) => {
    warnOfApply(call, info);
    const outcome = rollBack(call, info);
    objectPrinter(session, given, outcome, dryRun)(info.object!);
  });
}

/** The annotation of `kubectl apply` stays as it is, whatever is put back. */
function warnOfApply({ session }: CommandRun, info: ResourceInfo): void {
  const { annotations = {} } = info.object!.metadata as { annotations?: Readonly<Record<string, string>> };
  if (annotations[lastApplied] === undefined) return;
  session.complain(
    `Warning: resource ${resourceName(info)} was previously managed with 'kubectl apply'. Rolling back will not update the ${lastApplied} annotation, which may cause unexpected behavior on future 'kubectl apply' operations. Consider using 'kubectl apply' with your previous configuration file instead.`,
  );
}

/** Puts an older template back; returns what is said of it. */
function rollBack({ flags: given, session }: CommandRun, info: ResourceInfo): string {
  const { kind, info: about } = info.type;
  if (hasControllerRevisions(kind)) return rollBackSet(session, info, given.number("to-revision"), readDryRun(given));
  if (kind !== "Deployment") {
    throw failure(
      `error retrieving rollbacker for ${JSON.stringify(about.qualified)}, no visitor method exists for {${about.group} ${kind}}`,
    );
  }
  const deployment = info.object as unknown as Deployment;
  const wanted = given.number("to-revision");
  const chosen = chooseRevision(revisionsOf(session, info, deployment), wanted, deployment);
  const dryRun = readDryRun(given);
  if (dryRun === "client") return replicaSetText(chosen, false);
  if (deployment.spec.paused === true) {
    throw failure(
      "you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again",
    );
  }
  const template = withoutHash(chosen.spec.template as unknown as PlainObject);
  if (isSame(template, withoutHash(deployment.spec.template as unknown as PlainObject))) {
    return `skipped rollback (current template already matches revision ${wanted})`;
  }
  const patch = [
    { op: "replace", path: "/spec/template", value: template },
    { op: "replace", path: "/metadata/annotations", value: annotationsFor(deployment, chosen) },
  ];
  return restore(session, info, wanted, { patch, type: "json-patch", dryRun });
}

/** A ControllerRevision is the patch that brings its template back (StatefulSetRollbacker, DaemonSetRollbacker). */
function rollBackSet(session: Session, info: ResourceInfo, wanted: number, dryRun: DryRun): string {
  if (wanted < 0) throw notInHistory(wanted);
  const history = controllerRevisionsOf(session, info);
  if (wanted === 0 && history.length <= 1) throw failure("no last revision to roll back to");
  const chosen = wanted === 0 ? history.at(-2) : history.find(({ revision }) => revision === wanted);
  if (chosen === undefined) throw notInHistory(wanted);
  const template = templateOf(chosen);
  if (dryRun === "client") return `will roll back to ${templateText(template as unknown as DescribedTemplate)}`;
  const { template: now } = info.object!.spec as { readonly template: PlainObject };
  if (isSame(template, now)) return `skipped rollback (current template already matches revision ${wanted})`;
  return restore(session, info, wanted, { patch: chosen.data, type: "strategic-merge-patch", dryRun });
}

interface Restoration {
  readonly patch: unknown;
  readonly type: string;
  readonly dryRun: DryRun;
}

function restore(session: Session, info: ResourceInfo, wanted: number, { patch, type, dryRun }: Restoration): string {
  try {
    session.client.ask("PATCH", objectPath(info), {
      body: JSON.stringify(patch),
      contentType: `application/${type}+json`,
      query: { dryRun: dryRun === "server" ? "All" : undefined },
    });
  } catch (reason) {
    if (reason instanceof ServerError) throw failure(`failed restoring revision ${wanted}: ${reason.message}`);
    throw reason;
  }
  return "rolled back";
}

function notInHistory(wanted: number): Error {
  return failure(`unable to find specified revision ${wanted} in history`);
}

/** The one before the last, where none is asked for. */
function chooseRevision(history: readonly ReplicaSet[], wanted: number, { metadata }: Deployment): ReplicaSet {
  const chosen = wanted === 0 ? history.at(-2) : history.find((one) => revisionOf(one) === wanted);
  if (chosen !== undefined) return chosen;
  throw wanted === 0
    ? failure(`no rollout history found for deployment ${JSON.stringify(metadata.name)}`)
    : notInHistory(wanted);
}

function annotationsFor(deployment: Deployment, chosen: ReplicaSet): Record<string, string> {
  const own = Object.entries(deployment.metadata.annotations ?? {}).filter(([key]) => keptAnnotations.includes(key));
  const old = Object.entries(chosen.metadata.annotations ?? {}).filter(([key]) => !keptAnnotations.includes(key));
  return Object.fromEntries([...own, ...old]);
}

function isSame(a: PlainObject, b: PlainObject): boolean {
  return JSON.stringify(sortedKeys(a)) === JSON.stringify(sortedKeys(b));
}
