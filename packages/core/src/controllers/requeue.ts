import type { Change } from "../apiserver/cluster-state.ts";
import { type ApiObject, type ObjectKey, objectKey } from "../model/api-object.ts";
import type { EndpointSlice } from "../model/endpoint-slice.ts";
import type { Endpoints } from "../model/endpoints.ts";
import type { Node } from "../model/node.ts";
import type { Deployment, Pod, ReplicaSet } from "../model/pod.ts";
import type { Service } from "../model/service.ts";
import { type PodOwnerKind, podOwnerKinds, sliceServiceKey } from "./cluster-index.ts";
import type { ControlLoop } from "./control-loop.ts";
import { removeSlicesOf } from "./endpoint-slice/endpoint-slice-controller.ts";
import { managedByLabel, sameLabels } from "./endpoint-slice/slice-labels.ts";
import { mirroringControllerName } from "./endpoint-slice-mirroring/mirrored-slices.ts";
import { noticeDeletion } from "./garbage-collector.ts";
import { isWaiting } from "./kubelet.ts";
import { noticeNamespace } from "./namespace-controller.ts";
import { controllerOf } from "./ownership.ts";
import { podAddresses } from "./pod-conditions.ts";
import { sameJson } from "./same-json.ts";
import { isUnscheduled } from "./scheduler.ts";

/**
 * Queues whom a change concerns, and no one else. What a deleted owner leaves behind is collected at once, as the
 * garbage collector would in the end.
 */
export function requeue(change: Change, loop: ControlLoop): void {
  noticeDeletion(change, loop);
  noticeNamespace(change, loop);
  if (isDeletion(change)) queueEnding(loop, change.key);
  switch (change.kind) {
    case "Deployment":
      afterDeployment(loop, change.after as Deployment | undefined);
      return;
    case "ReplicaSet":
      afterReplicaSet(loop, change.before as ReplicaSet | undefined, change.after as ReplicaSet | undefined);
      return;
    case "StatefulSet":
      if (change.after !== undefined) loop.enqueue("statefulset", change.key);
      return;
    case "DaemonSet":
      if (change.after !== undefined) loop.enqueue("daemonset", change.key);
      return;
    case "ControllerRevision":
      afterRevision(loop, change.after ?? change.before!);
      return;
    case "Pod":
      afterPod(loop, change.before as Pod | undefined, change.after as Pod | undefined);
      return;
    case "Node":
      afterNode(loop, (change.after ?? change.before) as Node);
      return;
    case "Service":
      afterService(loop, change.before as Service | undefined, change.after as Service | undefined);
      return;
    case "Endpoints":
      afterEndpoints(loop, change.before as Endpoints | undefined, change.after as Endpoints | undefined);
      return;
    case "EndpointSlice":
      afterSlice(loop, (change.after ?? change.before) as EndpointSlice);
      return;
    default:
      return;
  }
}

function afterDeployment(loop: ControlLoop, after: Deployment | undefined): void {
  if (after !== undefined) loop.enqueue("deployment", objectKey(after));
}

function afterReplicaSet(loop: ControlLoop, before: ReplicaSet | undefined, after: ReplicaSet | undefined): void {
  const replicaSet = (after ?? before)!;
  const owner = controllerOf(replicaSet);
  if (owner?.kind === "Deployment") {
    loop.enqueue("deployment", `${replicaSet.metadata.namespace ?? ""}/${owner.name}`);
  }
  if (after !== undefined) loop.enqueue("replicaset", objectKey(after));
}

/** The kubelet ends a Pod that somebody has deleted. */
export function queueEnding(loop: ControlLoop, key: ObjectKey): void {
  loop.ending.add(key);
  loop.enqueue("kubelet", key);
}

/** A Pod that comes with a deletion, as those of a dump, is left as it was. */
export function isDeletion({ kind, before, after }: Change): boolean {
  if (kind !== "Pod" || before?.metadata.deletionTimestamp !== undefined) return false;
  return before !== undefined && after?.metadata.deletionTimestamp !== undefined;
}

function afterPod(loop: ControlLoop, before: Pod | undefined, after: Pod | undefined): void {
  queueServicesOf(loop, before, after);
  for (const pod of [before, after]) if (pod !== undefined) queueOwner(loop, pod);
  if (after !== undefined && isUnscheduled(after)) loop.enqueue("scheduler", objectKey(after));
  if (after !== undefined && isWaiting(after)) loop.enqueue("kubelet", objectKey(after));
  if (before !== undefined && hasLeftRoom(before, after)) queueWaiting(loop, before.spec.nodeName ?? "");
}

function queueServicesOf(loop: ControlLoop, before: Pod | undefined, after: Pod | undefined): void {
  if (before !== undefined && after !== undefined && isSameEndpoint(before, after)) return;
  for (const pod of [before, after]) {
    if (pod === undefined) continue;
    const { namespace = "", labels } = pod.metadata;
    for (const service of loop.index.servicesBySelector.matching(namespace, labels)) {
      queueService(loop, service);
      if (pod === before) loop.bereaved.add(service);
    }
  }
}

/** Whether no Service can tell the two apart (endpointslice util, podEndpointsChanged, with the node and the phase). */
function isSameEndpoint(before: Pod, after: Pod): boolean {
  return (
    before.spec === after.spec &&
    before.metadata.deletionTimestamp === after.metadata.deletionTimestamp &&
    before.metadata.uid === after.metadata.uid &&
    sameLabels(before.metadata.labels, after.metadata.labels) &&
    sameJson(before.status, after.status)
  );
}

function queueOwner(loop: ControlLoop, pod: Pod): void {
  const { namespace = "", labels } = pod.metadata;
  const owner = controllerOf(pod);
  for (const kind of podOwnerKinds) {
    if (owner?.kind === kind) queuePodOwner(loop, kind, `${namespace}/${owner.name}`);
    if (owner !== undefined) continue;
    for (const key of loop.index.workloadsBySelector[kind].matching(namespace, labels)) queuePodOwner(loop, kind, key);
  }
}

function queuePodOwner(loop: ControlLoop, kind: PodOwnerKind, key: ObjectKey): void {
  if (kind === "ReplicaSet") queueReplicaSet(loop, key);
  else loop.enqueue(kind === "StatefulSet" ? "statefulset" : "daemonset", key);
}

/** Deleted by somebody, it is written anew. */
function afterRevision(loop: ControlLoop, revision: ApiObject): void {
  const owner = controllerOf(revision);
  const key = `${revision.metadata.namespace ?? ""}/${owner?.name ?? ""}`;
  if (owner?.kind === "StatefulSet" || owner?.kind === "DaemonSet") queuePodOwner(loop, owner.kind, key);
}

/** A Pod's readiness moves a rollout too. */
function queueReplicaSet(loop: ControlLoop, key: string): void {
  const replicaSet = loop.state.tables.ReplicaSet.get(key);
  if (replicaSet === undefined) return;
  loop.enqueue("replicaset", key);
  const owner = controllerOf(replicaSet);
  if (owner?.kind === "Deployment") loop.enqueue("deployment", `${replicaSet.metadata.namespace ?? ""}/${owner.name}`);
}

/** Whether an address or a place on a node came free. */
function hasLeftRoom(before: Pod, after: Pod | undefined): boolean {
  if ((before.spec.nodeName ?? "") === "") return false;
  if (after === undefined || after.spec.nodeName !== before.spec.nodeName) return true;
  const addresses = podAddresses(after);
  return podAddresses(before).some((address) => !addresses.includes(address));
}

/** Pods that may find a place or an address now. */
function queueWaiting(loop: ControlLoop, nodeName: string): void {
  loop.forgetRoom();
  for (const key of loop.index.podsByNode.members("")) loop.enqueue("scheduler", key);
  if (nodeName === "") return;
  for (const key of loop.index.podsByNode.members(nodeName)) {
    if (isWaiting(loop.state.tables.Pod.get(key)!)) loop.enqueue("kubelet", key);
  }
}

function afterNode(loop: ControlLoop, node: Node): void {
  const { name } = node.metadata;
  queueWaiting(loop, name);
  for (const key of loop.index.podsByNode.members(name)) {
    const { namespace = "", labels } = loop.state.tables.Pod.get(key)!.metadata;
    for (const service of loop.index.servicesBySelector.matching(namespace, labels)) {
      queueService(loop, service);
    }
  }
  for (const set of loop.state.tables.DaemonSet.values()) loop.enqueue("daemonset", objectKey(set));
  for (const service of loop.index.topologyServices) loop.enqueue("endpointslice", service);
}

function afterService(loop: ControlLoop, before: Service | undefined, after: Service | undefined): void {
  const key = objectKey((after ?? before)!);
  if (after === undefined) removeSlicesOf(loop, before!, key);
  queueService(loop, key);
  if (Object.keys((after ?? before)!.spec.selector ?? {}).length === 0 || before !== undefined) {
    loop.enqueue("endpointslicemirroring", key);
  }
}

/** What a Service's endpoints are is written down twice: as slices, and as Endpoints. */
export function queueService(loop: ControlLoop, key: ObjectKey): void {
  loop.enqueue("endpoints", key);
  loop.enqueue("endpointslice", key);
}

/** Deleted by somebody, the controller writes them anew. */
function afterEndpoints(loop: ControlLoop, before: Endpoints | undefined, after: Endpoints | undefined): void {
  const key = objectKey((after ?? before)!);
  loop.enqueue("endpointslicemirroring", key);
  if (after === undefined && loop.state.tables.Service.has(key)) loop.enqueue("endpoints", key);
}

function afterSlice(loop: ControlLoop, slice: EndpointSlice): void {
  loop.enqueue("endpointslice", sliceServiceKey(slice));
  if (slice.metadata.labels?.[managedByLabel] === mirroringControllerName) {
    loop.enqueue("endpointslicemirroring", sliceServiceKey(slice));
  }
}
