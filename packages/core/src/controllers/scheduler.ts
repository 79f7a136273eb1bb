import type { ObjectKey } from "../model/api-object.ts";
import { matchesEqualities } from "../model/label-selector.ts";
import type { Node, Taint } from "../model/node.ts";
import type { Pod, Toleration } from "../model/pod.ts";
import type { ControlLoop } from "./control-loop.ts";

/**
 * Gives a Pod the node that runs the fewest, the first by name among equals. A node is fit when the nodeSelector
 * matches, the Pod tolerates its taints (cordoned nodes count as tainted), and `allocatable.pods` is not used up.
 * The scores of the real scheduler, affinity and resources are not modelled.
 */
export function schedulePod(loop: ControlLoop, key: ObjectKey): void {
  const pod = loop.state.tables.Pod.get(key);
  if (pod === undefined || !isUnscheduled(pod)) return;
  const node = loop.nodeRanking().take(
    (candidate, pods) => isFit(candidate, pod, pods),
    (candidate) => intolerable(candidate, pod, ["PreferNoSchedule"]),
  );
  if (node !== undefined) loop.put({ ...pod, spec: { ...pod.spec, nodeName: node.metadata.name } });
}

/** A Pod that the scheduler has not seen. One that a dump shows as unschedulable stays as it was. */
export function isUnscheduled(pod: Pod): boolean {
  return (
    (pod.spec.nodeName ?? "") === "" &&
    pod.metadata.deletionTimestamp === undefined &&
    pod.status?.conditions?.some((condition) => condition.type === "PodScheduled") !== true
  );
}

function isFit(node: Node, pod: Pod, pods: number): boolean {
  const room = node.status?.allocatable?.pods;
  if (room !== undefined && pods >= Number(room)) return false;
  if (pod.spec.nodeSelector !== undefined && !matchesEqualities(pod.spec.nodeSelector, node.metadata.labels))
    return false;
  return intolerable(node, pod, ["NoSchedule", "NoExecute"]) === 0;
}

function intolerable(node: Node, pod: Pod, effects: readonly string[]): number {
  const taints = [...(node.spec?.taints ?? []), ...(node.spec?.unschedulable === true ? [cordon] : [])];
  const tolerations = pod.spec.tolerations ?? [];
  return taints.filter(
    (taint) => effects.includes(taint.effect) && !tolerations.some((toleration) => tolerates(toleration, taint)),
  ).length;
}

const cordon: Taint = { key: "node.kubernetes.io/unschedulable", effect: "NoSchedule" };

/** Toleration.ToleratesTaint of core/v1; an empty key with Exists tolerates everything. */
function tolerates(toleration: Toleration, taint: Taint): boolean {
  if ((toleration.effect ?? "") !== "" && toleration.effect !== taint.effect) return false;
  if ((toleration.key ?? "") !== "" && toleration.key !== taint.key) return false;
  switch (toleration.operator ?? "Equal") {
    case "Exists":
      return true;
    case "Equal":
      return (toleration.value ?? "") === (taint.value ?? "");
    default:
      return false;
  }
}
