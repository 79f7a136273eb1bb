import type { ObjectKey } from "../model/api-object.ts";
import type { Node, Taint } from "../model/node.ts";
import type { Pod } from "../model/pod.ts";
import type { ControlLoop } from "./control-loop.ts";
import { hasTaken, hostPortsOf } from "./host-ports.ts";
import { fitsNodeAffinity } from "./node-affinity.ts";
import { tolerates } from "./tolerations.ts";

/**
 * Gives a Pod the node that runs the fewest, the first by name among equals. A node is fit when the nodeSelector
 * and the required node affinity match, the Pod tolerates its taints (cordoned nodes count as tainted), no Pod there has its host
 * ports, and `allocatable.pods` is not used up.
 * The scores of the real scheduler, other affinity and resources are not modelled.
 */
export function schedulePod(loop: ControlLoop, key: ObjectKey): void {
  const pod = loop.state.tables.Pod.get(key);
  if (pod === undefined || !isUnscheduled(pod)) return;
  const ports = hostPortsOf(pod);
  const node = loop.nodeRanking().take(
    (candidate, pods) => isFit(candidate, pod, pods) && !(ports.length > 0 && hasTaken(ports, podsOn(loop, candidate))),
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
  if (!fitsNodeAffinity(pod.spec, node)) return false;
  return intolerable(node, pod, ["NoSchedule", "NoExecute"]) === 0;
}

function podsOn(loop: ControlLoop, { metadata }: Node): Pod[] {
  const { tables } = loop.state;
  return [...loop.index.podsByNode.members(metadata.name)].flatMap((key) => tables.Pod.get(key) ?? []);
}

function intolerable(node: Node, pod: Pod, effects: readonly string[]): number {
  const taints = [...(node.spec?.taints ?? []), ...(node.spec?.unschedulable === true ? [cordon] : [])];
  const tolerations = pod.spec.tolerations ?? [];
  return taints.filter(
    (taint) => effects.includes(taint.effect) && !tolerations.some((toleration) => tolerates(toleration, taint)),
  ).length;
}

const cordon: Taint = { key: "node.kubernetes.io/unschedulable", effect: "NoSchedule" };
