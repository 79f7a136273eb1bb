import { type ObjectKey, objectKey } from "@kubenetsim/core/model/api-object";
import type { Pod } from "@kubenetsim/core/model/pod";

/** What CoreDNS keeps of a Pod (plugin/kubernetes/object/pod.go). */
export interface PodEntry {
  readonly key: ObjectKey;
  readonly namespace: string;
  readonly ips: readonly string[];
}

export function podEntry(pod: Pod): PodEntry {
  return {
    key: objectKey(pod),
    namespace: pod.metadata.namespace ?? "",
    ips: (pod.status?.podIPs ?? []).map(({ ip }) => ip),
  };
}

/** The field selector of CoreDNS's watch: `status.phase!=Succeeded,status.phase!=Failed,status.phase!=Unknown`. */
export function isWatchedPod(pod: Pod): boolean {
  const phase = pod.status?.phase;
  return phase !== "Succeeded" && phase !== "Failed" && phase !== "Unknown";
}
