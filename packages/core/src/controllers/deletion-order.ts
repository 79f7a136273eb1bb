import type { Pod } from "../model/pod.ts";
import { isPodReady } from "./pod-conditions.ts";

const phaseRank: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };
const deletionCostAnnotation = "controller.kubernetes.io/pod-deletion-cost";

/**
 * The Pods of a ReplicaSet in the order in which it gives them up: those without a node first, then by phase, unready
 * before ready, the lower deletion cost, those that share a node with more ready siblings, the ones ready for the
 * shortest time, the ones restarted most, the youngest (pkg/controller/controller_utils.go, ActivePodsWithRanks).
 * Times compare as they are, not by their logarithm; what is equal in all goes by name, the last first.
 *
 * @param siblings ready or not, all Pods of the same Deployment: they make the ranks
 */
export function inDeletionOrder(pods: readonly Pod[], siblings: readonly Pod[]): readonly Pod[] {
  const readyOnNode = new Map<string, number>();
  for (const pod of siblings) {
    const node = pod.spec.nodeName;
    if (node !== undefined && isPodReady(pod)) readyOnNode.set(node, (readyOnNode.get(node) ?? 0) + 1);
  }
  const rank = (pod: Pod): number => readyOnNode.get(pod.spec.nodeName ?? "") ?? 0;
  return [...pods].sort((a, b) => compare(a, b, rank));
}

function compare(a: Pod, b: Pod, rank: (pod: Pod) => number): number {
  return (
    Number(hasNode(a)) - Number(hasNode(b)) ||
    phaseOf(a) - phaseOf(b) ||
    Number(isPodReady(a)) - Number(isPodReady(b)) ||
    deletionCost(a) - deletionCost(b) ||
    rank(b) - rank(a) ||
    (isPodReady(a) ? youngestFirst(readySince(a), readySince(b)) : 0) ||
    restarts(b) - restarts(a) ||
    youngestFirst(a.metadata.creationTimestamp, b.metadata.creationTimestamp) ||
    (a.metadata.name < b.metadata.name ? 1 : -1)
  );
}

function hasNode(pod: Pod): boolean {
  return (pod.spec.nodeName ?? "") !== "";
}

function phaseOf(pod: Pod): number {
  return phaseRank[pod.status?.phase ?? "Pending"] ?? 0;
}

function deletionCost(pod: Pod): number {
  const cost = Number(pod.metadata.annotations?.[deletionCostAnnotation] ?? 0);
  return Number.isInteger(cost) ? cost : 0;
}

function readySince(pod: Pod): string | undefined {
  return pod.status?.conditions?.find(({ type }) => type === "Ready")?.lastTransitionTime ?? undefined;
}

/** RFC 3339 texts in UTC sort as times; a missing one counts as the youngest. */
function youngestFirst(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0;
  if (a === undefined || b === undefined) return a === undefined ? -1 : 1;
  return a > b ? -1 : 1;
}

function restarts(pod: Pod): number {
  const counts = (pod.status?.containerStatuses ?? []).map((status) => Number(status.restartCount ?? 0));
  return Math.max(0, ...counts);
}
