import type { Deployment, ReplicaSet } from "../model/pod.ts";
import type { StatefulSet } from "../model/stateful-set.ts";
import { UnsupportedError } from "../runtime/errors.ts";
import type { ClusterState } from "./cluster-state.ts";
import type { ManifestDocument } from "./manifest/manifest-document.ts";

/** How many Pods all replicas of a cluster may ask for: what Kubernetes is built for at most (its page on large clusters). */
export const podLimit = 150_000;

export interface AppliedWorkload {
  readonly object: Deployment | ReplicaSet | StatefulSet;
  readonly document: ManifestDocument;
}

/**
 * Refuses replicas that could not be held in memory, before any Pod is made.
 *
 * @param applied those that may have grown; the largest of them is named.
 * @throws UnsupportedError with the position of `spec.replicas`.
 */
export function checkPodCount(state: ClusterState, applied: readonly AppliedWorkload[]): void {
  const largest = applied.reduce<AppliedWorkload | undefined>(
    (most, workload) => (most === undefined || replicasOf(workload) > replicasOf(most) ? workload : most),
    undefined,
  );
  if (largest === undefined) return;
  const asked = askedPods(state);
  if (asked <= podLimit && replicasOf(largest) <= podLimit) return;
  const { kind, metadata } = largest.object;
  throw new UnsupportedError(
    `${kind} ${metadata.namespace}/${metadata.name} with ${replicasOf(largest)} replicas`,
    `all replicas of a cluster may make ${podLimit} Pods; ${asked} are asked for`,
    largest.document.positionOf(["spec", "replicas"]),
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

function replicasOf({ object }: AppliedWorkload): number {
  return object.spec.replicas ?? 1;
}
