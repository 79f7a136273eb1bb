import type { Deployment, ReplicaSet } from "../model/pod.ts";
import type { StatefulSet } from "../model/stateful-set.ts";
import { UnsupportedError } from "../runtime/errors.ts";
import type { ClusterState } from "./cluster-state.ts";
import type { ManifestDocument } from "./manifest/manifest-document.ts";

/** How many Pods all replicas of a cluster may ask for: what Kubernetes is built for at most (its page on large clusters). */
export const podLimit = 150_000;

export type Workload = Deployment | ReplicaSet | StatefulSet;

export interface AppliedWorkload {
  readonly object: Workload;
  readonly document: ManifestDocument;
}

/** The largest of those that were written, where all replicas together are too many. */
export interface PodExcess<T extends { readonly object: Workload }> {
  readonly largest: T;
  /** `2000000 replicas`. */
  readonly what: string;
  readonly reason: string;
}

/**
 * Whether there are more replicas than can be held in memory, to be asked before any Pod is made.
 *
 * @param written those that may have grown
 */
export function podExcess<T extends { readonly object: Workload }>(
  state: ClusterState,
  written: readonly T[],
): PodExcess<T> | undefined {
  const largest = written.reduce<T | undefined>(
    (most, workload) => (most === undefined || replicasOf(workload) > replicasOf(most) ? workload : most),
    undefined,
  );
  if (largest === undefined) return undefined;
  const asked = askedPods(state);
  if (asked <= podLimit && replicasOf(largest) <= podLimit) return undefined;
  return {
    largest,
    what: `${replicasOf(largest)} replicas`,
    reason: `all replicas of a cluster may make ${podLimit} Pods; ${asked} are asked for`,
  };
}

/** @throws UnsupportedError with the position of `spec.replicas`. */
export function checkPodCount(state: ClusterState, applied: readonly AppliedWorkload[]): void {
  const excess = podExcess(state, applied);
  if (excess === undefined) return;
  const { object, document } = excess.largest;
  throw new UnsupportedError(
    `${object.kind} ${object.metadata.namespace}/${object.metadata.name} with ${excess.what}`,
    excess.reason,
    document.positionOf(["spec", "replicas"]),
  );
}

function askedPods({ tables }: ClusterState): number {
  let count = 0;
  for (const { spec } of tables.Deployment.values()) count += spec.replicas ?? 1;
  for (const { spec } of tables.StatefulSet.values()) count += spec.replicas ?? 1;
  for (const { metadata, spec } of tables.ReplicaSet.values()) {
    const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
    const isCounted = owner?.kind === "Deployment" && tables.Deployment.has(`${metadata.namespace}/${owner.name}`);
    if (!isCounted) count += spec.replicas ?? 1;
  }
  return count;
}

export function replicasOf({ object }: { readonly object: Workload }): number {
  return object.spec.replicas ?? 1;
}
