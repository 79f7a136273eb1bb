import { type ObjectKey, objectKey } from "../model/api-object.ts";
import type { Labels } from "../model/object-meta.ts";
import type { Deployment, PodTemplateSpec, ReplicaSet } from "../model/pod.ts";
import { podsOf } from "./adopt-pods.ts";
import { ownerGroup } from "./cluster-index.ts";
import type { ControlLoop } from "./control-loop.ts";
import { deploymentConditions } from "./deployment-conditions.ts";
import { annotationsOfNew, sizeAnnotations, syncRevision } from "./deployment-revision.ts";
import { controllerOf, controllerReferenceTo } from "./ownership.ts";
import { isPodReady } from "./pod-conditions.ts";
import { activePods } from "./replica-set.ts";
import { newReplicas, oldReplicas, type RolloutLimits, type RolloutPart, rolloutLimits } from "./rollout.ts";
import { sameJson } from "./same-json.ts";
import { withCounts } from "./status-counts.ts";
import { templateHash } from "./template-hash.ts";

export const templateHashLabel = "pod-template-hash";

/** One step of a Deployment towards one ReplicaSet of its template with all replicas; the others go down to none. */
export function syncDeployment(loop: ControlLoop, key: ObjectKey): void {
  const deployment = loop.state.tables.Deployment.get(key);
  if (deployment === undefined || deployment.metadata.deletionTimestamp !== undefined) return;
  const all = ownedReplicaSets(loop, deployment);
  const current = all.find((replicaSet) => hasTemplateOf(replicaSet, deployment));
  const old = all.filter((replicaSet) => replicaSet !== current);
  if (current !== undefined && syncRevision(loop, deployment, current, old)) {
    loop.enqueue("deployment", key);
    return;
  }
  if (deployment.spec.paused === true) resize(loop, deployment, current ?? old.at(-1));
  else if (deployment.spec.strategy?.type === "Recreate") recreate(loop, deployment, current, old);
  else rollOver(loop, deployment, current, old);
  writeStatus(loop, deployment);
}

/** The ReplicaSets of a Deployment, the oldest first. */
function ownedReplicaSets(loop: ControlLoop, deployment: Deployment): ReplicaSet[] {
  const keys = loop.index.replicaSetsByController.members(ownerGroup("Deployment", objectKey(deployment)));
  const replicaSets = [...keys].map((key) => loop.state.tables.ReplicaSet.get(key)!);
  return replicaSets.sort(
    (a, b) => compareText(birthOf(a), birthOf(b)) || compareText(a.metadata.name, b.metadata.name),
  );
}

function hasTemplateOf(replicaSet: ReplicaSet, deployment: Deployment): boolean {
  const { template } = replicaSet.spec;
  return template !== undefined && sameJson(withoutHash(template), withoutHash(deployment.spec.template));
}

function withoutHash(template: PodTemplateSpec): PodTemplateSpec {
  const { [templateHashLabel]: _, ...labels } = template.metadata?.labels ?? {};
  return { ...template, metadata: { ...template.metadata, labels } };
}

/** A paused Deployment is scaled, but its template is not rolled out. */
function resize(loop: ControlLoop, deployment: Deployment, replicaSet: ReplicaSet | undefined): void {
  if (replicaSet !== undefined) scale(loop, deployment, replicaSet, deployment.spec.replicas ?? 1);
}

function recreate(
  loop: ControlLoop,
  deployment: Deployment,
  current: ReplicaSet | undefined,
  old: readonly ReplicaSet[],
): void {
  for (const replicaSet of old) scale(loop, deployment, replicaSet, 0);
  if (old.some((replicaSet) => podsOf(loop, replicaSet).length > 0)) return;
  const replicas = deployment.spec.replicas ?? 1;
  if (current === undefined) createReplicaSet(loop, deployment, replicas, old);
  else scale(loop, deployment, current, replicas);
}

function rollOver(
  loop: ControlLoop,
  deployment: Deployment,
  current: ReplicaSet | undefined,
  old: readonly ReplicaSet[],
): void {
  const limits = rolloutLimits(deployment);
  const part = current === undefined ? { replicas: 0, available: 0 } : partOf(loop, current);
  const oldParts = old.map((replicaSet) => partOf(loop, replicaSet));
  const size = part.replicas > limits.replicas ? limits.replicas : newReplicas(limits, part, oldParts);
  if (current === undefined) createReplicaSet(loop, deployment, size, old);
  else if (size !== part.replicas) scale(loop, deployment, current, size);
  else scaleDown(loop, deployment, limits, part, old, oldParts);
}

function scaleDown(
  loop: ControlLoop,
  deployment: Deployment,
  limits: RolloutLimits,
  current: RolloutPart,
  old: readonly ReplicaSet[],
  oldParts: readonly RolloutPart[],
): void {
  const sizes = oldReplicas(limits, current, oldParts);
  for (const [index, replicaSet] of old.entries()) scale(loop, deployment, replicaSet, sizes[index]!);
}

function partOf(loop: ControlLoop, replicaSet: ReplicaSet): RolloutPart {
  const available = activePods(loop, replicaSet).filter(isPodReady).length;
  return { replicas: replicaSet.spec.replicas ?? 1, available };
}

function scale(loop: ControlLoop, deployment: Deployment, replicaSet: ReplicaSet, replicas: number): void {
  if (replicaSet.spec.replicas === replicas) return;
  const annotations = { ...replicaSet.metadata.annotations, ...sizeAnnotations(deployment) };
  const metadata = { ...replicaSet.metadata, annotations };
  loop.put({ ...replicaSet, metadata, spec: { ...replicaSet.spec, replicas } });
}

function createReplicaSet(
  loop: ControlLoop,
  deployment: Deployment,
  replicas: number,
  old: readonly ReplicaSet[],
): void {
  const { name, namespace } = deployment.metadata;
  const { template, selector, minReadySeconds } = deployment.spec;
  const hash = freeHash(loop, deployment);
  const labels: Labels = { ...template.metadata?.labels, [templateHashLabel]: hash };
  loop.put({
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: {
      name: `${name}-${hash}`,
      ...(namespace === undefined ? {} : { namespace }),
      labels,
      annotations: annotationsOfNew(deployment, old),
      ownerReferences: [controllerReferenceTo(deployment)],
    },
    spec: {
      replicas,
      ...(minReadySeconds === undefined ? {} : { minReadySeconds }),
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [templateHashLabel]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  });
}

/**
 * The template's hash, with a collision count where another ReplicaSet has the name. Where the Pods of a ReplicaSet are
 * there without it, as in a dump that leaves ReplicaSets out, it comes back under the name that they know.
 */
function freeHash(loop: ControlLoop, deployment: Deployment): string {
  const { name, namespace } = deployment.metadata;
  const orphaned = hashOfLeftPods(loop, deployment);
  if (orphaned !== undefined) return orphaned;
  for (let collisions = 0; ; collisions++) {
    const hash = templateHash(deployment.spec.template, collisions);
    if (!loop.state.tables.ReplicaSet.has(`${namespace}/${name}-${hash}`)) return hash;
  }
}

/** The hash that most Pods have whose ReplicaSet, by their owner, belonged to this Deployment and is not there. */
function hashOfLeftPods(loop: ControlLoop, deployment: Deployment): string | undefined {
  const { name, namespace = "" } = deployment.metadata;
  const counts = new Map<string, number>();
  for (const key of loop.index.podsByLabel.matching(namespace, deployment.spec.selector.matchLabels ?? {})) {
    const pod = loop.state.tables.Pod.get(key)!;
    const hash = pod.metadata.labels?.[templateHashLabel];
    const owner = controllerOf(pod);
    if (hash === undefined || owner?.kind !== "ReplicaSet" || owner.name !== `${name}-${hash}`) continue;
    if (!loop.state.tables.ReplicaSet.has(`${namespace}/${owner.name}`)) counts.set(hash, (counts.get(hash) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}

function writeStatus(loop: ControlLoop, deployment: Deployment): void {
  const all = ownedReplicaSets(loop, deployment);
  const current = all.find((replicaSet) => hasTemplateOf(replicaSet, deployment));
  const pods = all.flatMap((replicaSet) => activePods(loop, replicaSet));
  const ready = pods.filter(isPodReady).length;
  const updated = current === undefined ? 0 : activePods(loop, current).length;
  const wanted = all.reduce((sum, { spec }) => sum + (spec.replicas ?? 1), 0);
  const terminating = all.reduce((sum, { status }) => sum + Number(status?.terminatingReplicas ?? 0), 0);
  const counts = {
    replicas: pods.length,
    updatedReplicas: updated,
    readyReplicas: ready,
    availableReplicas: ready,
    unavailableReplicas: Math.max(0, wanted - ready),
  };
  const { generation } = deployment.metadata;
  const status = {
    ...withCounts(deployment.status ?? {}, counts),
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    // A pointer, so that its zero is told.
    terminatingReplicas: terminating,
    conditions: deploymentConditions(deployment, current, counts, loop.context.clock.nowMs),
  };
  if (!sameJson(deployment.status ?? {}, status)) loop.put({ ...deployment, status });
}

function birthOf(replicaSet: ReplicaSet): string {
  return replicaSet.metadata.creationTimestamp ?? "";
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
