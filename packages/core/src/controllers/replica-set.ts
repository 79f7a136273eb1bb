import type { ObjectKey } from "../model/api-object.ts";
import { matchesLabels } from "../model/label-selector.ts";
import type { Pod, ReplicaSet } from "../model/pod.ts";
import { adoptPods, podsOf } from "./adopt-pods.ts";
import { ownerGroup } from "./cluster-index.ts";
import type { ControlLoop } from "./control-loop.ts";
import { inDeletionOrder } from "./deletion-order.ts";
import { generatedName } from "./generated-name.ts";
import { controllerOf } from "./ownership.ts";
import { isPodReady, isPodTerminal, isPodTerminating } from "./pod-conditions.ts";
import { sameJson } from "./same-json.ts";
import { withCounts } from "./status-counts.ts";
import { podMaker } from "./template-pod.ts";

/** Makes or takes away Pods until there are `spec.replicas`, and writes the status. */
export function syncReplicaSet(loop: ControlLoop, key: ObjectKey): void {
  const replicaSet = loop.state.tables.ReplicaSet.get(key);
  if (replicaSet === undefined || replicaSet.metadata.deletionTimestamp !== undefined) return;
  adoptPods(loop, replicaSet);
  const active = activePods(loop, replicaSet);
  const missing = (replicaSet.spec.replicas ?? 1) - active.length;
  if (missing > 0) createPods(loop, replicaSet, missing);
  if (missing < 0) deletePods(loop, replicaSet, active, -missing);
  writeStatus(loop, replicaSet);
}

/** The Pods that count: neither ended nor on their way out. */
export function activePods(loop: ControlLoop, replicaSet: ReplicaSet): readonly Pod[] {
  return podsOf(loop, replicaSet).filter((pod) => !isPodTerminal(pod) && !isPodTerminating(pod));
}

function createPods(loop: ControlLoop, replicaSet: ReplicaSet, count: number): void {
  const { template } = replicaSet.spec;
  if (template === undefined) return;
  const { name, namespace } = replicaSet.metadata;
  const random = loop.context.random.fork(`replicaset/${namespace}/${name}/${loop.state.revision}`);
  const podNamed = podMaker(replicaSet, template);
  for (let i = 0; i < count; i++) {
    loop.put(
      podNamed(generatedName(`${name}-`, random, (taken) => loop.state.tables.Pod.has(`${namespace}/${taken}`))),
    );
  }
}

function deletePods(loop: ControlLoop, replicaSet: ReplicaSet, active: readonly Pod[], count: number): void {
  const doomed = inDeletionOrder(active, siblingPods(loop, replicaSet)).slice(0, count);
  for (const pod of doomed) loop.remove("Pod", pod);
}

/** The active Pods of all ReplicaSets of the same Deployment; without one, of this ReplicaSet alone. */
function siblingPods(loop: ControlLoop, replicaSet: ReplicaSet): readonly Pod[] {
  const owner = controllerOf(replicaSet);
  if (owner === undefined) return activePods(loop, replicaSet);
  const group = ownerGroup(owner.kind, `${replicaSet.metadata.namespace ?? ""}/${owner.name}`);
  const family = [...loop.index.replicaSetsByController.members(group)];
  return family.flatMap((key) => activePods(loop, loop.state.tables.ReplicaSet.get(key)!));
}

function writeStatus(loop: ControlLoop, replicaSet: ReplicaSet): void {
  const active = activePods(loop, replicaSet);
  const ready = active.filter(isPodReady).length;
  const templateLabels = { matchLabels: replicaSet.spec.template?.metadata?.labels ?? {} };
  const counts = {
    replicas: active.length,
    fullyLabeledReplicas: active.filter((pod) => matchesLabels(templateLabels, pod.metadata.labels)).length,
    readyReplicas: ready,
    availableReplicas: ready,
  };
  const terminatingReplicas = podsOf(loop, replicaSet).filter(isPodTerminating).length;
  const status = { ...withCounts(replicaSet.status ?? {}, counts), replicas: active.length, terminatingReplicas };
  if (!sameJson(replicaSet.status, status)) loop.put({ ...replicaSet, status });
}
