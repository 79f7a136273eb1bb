import type { Change, ClusterState } from "../apiserver/cluster-state.ts";
import { type ApiObject, type ObjectKey, objectKey } from "../model/api-object.ts";
import type { DaemonSet } from "../model/daemon-set.ts";
import type { EndpointSlice } from "../model/endpoint-slice.ts";
import type { LabelSelector } from "../model/label-selector.ts";
import type { Pod, ReplicaSet } from "../model/pod.ts";
import type { Service } from "../model/service.ts";
import type { StatefulSet } from "../model/stateful-set.ts";
import { serviceNameLabel } from "./endpoint-slice/slice-labels.ts";
import { wantsTopologyHints } from "./endpoint-slice/traffic-hints.ts";
import { GroupIndex } from "./group-index.ts";
import { LabelIndex } from "./label-index.ts";
import { controllerOf, ownerOf } from "./ownership.ts";
import { podAddresses } from "./pod-conditions.ts";
import { SelectorIndex } from "./selector-index.ts";

/** Kinds whose controllers make Pods by themselves. */
export const podOwnerKinds = ["ReplicaSet", "StatefulSet", "DaemonSet"] as const;
export type PodOwnerKind = (typeof podOwnerKinds)[number];

type Workload = Pick<ReplicaSet | StatefulSet | DaemonSet, "metadata"> & {
  readonly spec: { readonly selector: LabelSelector };
};

/**
 * What the controllers look up: a mutable shadow of the state, derived from it alone. It follows the state change by
 * change, and could at any time be built anew.
 */
export class ClusterIndex {
  readonly podsByLabel: LabelIndex = new LabelIndex();
  readonly servicesBySelector: SelectorIndex = new SelectorIndex();
  /** What makes Pods, by its selector, for Pods that nobody owns. */
  readonly workloadsBySelector: Readonly<Record<PodOwnerKind, SelectorIndex>> = {
    ReplicaSet: new SelectorIndex(),
    StatefulSet: new SelectorIndex(),
    DaemonSet: new SelectorIndex(),
  };
  /** Pods and ReplicaSets by `Kind/namespace/name` of their controller; Pods without one by `/namespace`. */
  readonly podsByController: GroupIndex = new GroupIndex();
  readonly replicaSetsByController: GroupIndex = new GroupIndex();
  readonly revisionsByController: GroupIndex = new GroupIndex();
  readonly slicesByService: GroupIndex = new GroupIndex();
  /** Pods by the name of their node, `` where they have none. */
  readonly podsByNode: GroupIndex = new GroupIndex();
  readonly podsByAddress: GroupIndex = new GroupIndex();
  /** Services whose hints depend on all nodes. */
  readonly topologyServices: Set<ObjectKey> = new Set();

  /** What has owners, as `Kind/namespace/name`, by its owners, likewise. */
  readonly dependentsByOwner: GroupIndex = new GroupIndex();

  static of(state: ClusterState): ClusterIndex {
    const index = new ClusterIndex();
    for (const [key, pod] of state.tables.Pod.entries()) index.#addPod(pod, key);
    for (const replicaSet of state.tables.ReplicaSet.values()) index.#addReplicaSet(replicaSet);
    for (const kind of ["StatefulSet", "DaemonSet"] as const) {
      for (const workload of state.tables[kind].values()) index.#addWorkload(kind, workload);
    }
    for (const revision of state.tables.ControllerRevision.values()) index.#addRevision(revision);
    for (const service of state.tables.Service.values()) index.#addService(service);
    for (const slice of state.tables.EndpointSlice.values()) index.#addSlice(slice);
    for (const table of Object.values(state.tables)) {
      for (const object of table.values()) index.#addOwners(object);
    }
    return index;
  }

  /** Follows one change of the state. */
  apply({ kind, key, before, after }: Change): void {
    if (before?.metadata.ownerReferences !== after?.metadata.ownerReferences) {
      if (before !== undefined) this.#removeOwners(before);
      if (after !== undefined) this.#addOwners(after);
    }
    switch (kind) {
      case "Pod":
        if (before !== undefined) this.#removePod(before as Pod, key, after as Pod | undefined);
        if (after !== undefined) this.#addPod(after as Pod, key, before as Pod | undefined);
        return;
      case "ReplicaSet":
        if (before !== undefined) this.#removeReplicaSet(before as ReplicaSet);
        if (after !== undefined) this.#addReplicaSet(after as ReplicaSet);
        return;
      case "StatefulSet":
      case "DaemonSet":
        if (before !== undefined) this.workloadsBySelector[kind].delete(objectKey(before));
        if (after !== undefined) this.#addWorkload(kind, after as StatefulSet | DaemonSet);
        return;
      case "ControllerRevision":
        if (before !== undefined) this.revisionsByController.remove(controllerGroup(before), objectKey(before));
        if (after !== undefined) this.#addRevision(after);
        return;
      case "Service":
        if (before !== undefined) this.#removeService(before as Service);
        if (after !== undefined) this.#addService(after as Service);
        return;
      case "EndpointSlice":
        if (before !== undefined) this.#removeSlice(before as EndpointSlice);
        if (after !== undefined) this.#addSlice(after as EndpointSlice);
        return;
      default:
        return;
    }
  }

  #addOwners(object: ApiObject): void {
    for (const reference of object.metadata.ownerReferences ?? []) {
      const owner = ownerOf(reference, object.metadata.namespace);
      if (owner !== undefined) this.dependentsByOwner.add(owner, `${object.kind}/${objectKey(object)}`);
    }
  }

  #removeOwners(object: ApiObject): void {
    for (const reference of object.metadata.ownerReferences ?? []) {
      const owner = ownerOf(reference, object.metadata.namespace);
      if (owner !== undefined) this.dependentsByOwner.remove(owner, `${object.kind}/${objectKey(object)}`);
    }
  }

  #addPod(pod: Pod, key: ObjectKey, before?: Pod): void {
    if (before?.metadata.labels !== pod.metadata.labels || before === undefined) {
      this.podsByLabel.add(pod.metadata.namespace ?? "", key, pod.metadata.labels);
    }
    this.podsByController.add(controllerGroup(pod), key);
    this.podsByNode.add(pod.spec.nodeName ?? "", key);
    if (!sharesNodeAddress(pod)) for (const address of podAddresses(pod)) this.podsByAddress.add(address, key);
  }

  #removePod(pod: Pod, key: ObjectKey, after: Pod | undefined): void {
    if (after === undefined || after.metadata.labels !== pod.metadata.labels) {
      this.podsByLabel.remove(pod.metadata.namespace ?? "", key, pod.metadata.labels);
    }
    this.podsByController.remove(controllerGroup(pod), key);
    this.podsByNode.remove(pod.spec.nodeName ?? "", key);
    if (!sharesNodeAddress(pod)) for (const address of podAddresses(pod)) this.podsByAddress.remove(address, key);
  }

  #addReplicaSet(replicaSet: ReplicaSet): void {
    const key = objectKey(replicaSet);
    this.#addWorkload("ReplicaSet", replicaSet);
    this.replicaSetsByController.add(controllerGroup(replicaSet), key);
  }

  #removeReplicaSet(replicaSet: ReplicaSet): void {
    const key = objectKey(replicaSet);
    this.workloadsBySelector.ReplicaSet.delete(key);
    this.replicaSetsByController.remove(controllerGroup(replicaSet), key);
  }

  #addWorkload(kind: PodOwnerKind, { metadata, spec }: Workload): void {
    this.workloadsBySelector[kind].set(objectKey({ metadata }), metadata.namespace ?? "", spec.selector);
  }

  #addRevision(revision: ApiObject): void {
    this.revisionsByController.add(controllerGroup(revision), objectKey(revision));
  }

  #addService(service: Service): void {
    const key = objectKey(service);
    if (wantsTopologyHints(service)) this.topologyServices.add(key);
    if (!hasSelector(service)) return;
    this.servicesBySelector.set(key, service.metadata.namespace ?? "", { matchLabels: service.spec.selector! });
  }

  #removeService(service: Service): void {
    const key = objectKey(service);
    this.topologyServices.delete(key);
    this.servicesBySelector.delete(key);
  }

  #addSlice(slice: EndpointSlice): void {
    this.slicesByService.add(sliceServiceKey(slice), objectKey(slice));
  }

  #removeSlice(slice: EndpointSlice): void {
    this.slicesByService.remove(sliceServiceKey(slice), objectKey(slice));
  }
}

/** A Service whose endpoints the controller makes. */
export function hasSelector(service: Service): boolean {
  return service.spec.type !== "ExternalName" && Object.keys(service.spec.selector ?? {}).length > 0;
}

/** The key of the Service that a slice belongs to by its label. */
export function sliceServiceKey(slice: EndpointSlice): ObjectKey {
  return `${slice.metadata.namespace ?? ""}/${slice.metadata.labels?.[serviceNameLabel] ?? ""}`;
}

/** The group of what one controller owns, e.g. `ReplicaSet/default/web-5d4f`; `/default` of what nobody owns. */
export function ownerGroup(kind: string, key: ObjectKey): string {
  return `${kind}/${key}`;
}

export function orphanGroup(namespace: string | undefined): string {
  return `/${namespace ?? ""}`;
}

function controllerGroup(object: ApiObject): string {
  const { namespace } = object.metadata;
  const reference = controllerOf(object);
  return reference === undefined
    ? orphanGroup(namespace)
    : ownerGroup(reference.kind, `${namespace ?? ""}/${reference.name}`);
}

function sharesNodeAddress(pod: Pod): boolean {
  return pod.spec.hostNetwork === true;
}
