import type { Pod } from "../model/pod.ts";
import type { StatefulSet } from "../model/stateful-set.ts";
import { podsOf } from "./adopt-pods.ts";
import type { ControlLoop } from "./control-loop.ts";
import { isPodTerminating } from "./pod-conditions.ts";
import { revisionLabel } from "./revision-history.ts";
import { isAvailable, isInRange, ordinalOf, startOrdinal } from "./stateful-pod.ts";

/**
 * Takes Pods of older revisions away, from the last ordinal down to the partition, as many at a time as may be
 * unavailable (updateStatefulSetAfterInvariantEstablished). Those that come in their place are of the new one.
 */
export function updateStatefulPods(loop: ControlLoop, set: StatefulSet, revision: string): void {
  const { type, rollingUpdate } = set.spec.updateStrategy ?? {};
  if (type === "OnDelete") return;
  const replicas = podsOf(loop, set)
    .filter((pod) => isInRange(set, pod))
    .sort((a, b) => ordinalOf(b) - ordinalOf(a));
  const isOutdated = (pod: Pod): boolean => pod.metadata.labels?.[revisionLabel] !== revision && !isPodTerminating(pod);
  const unavailable = replicas.filter((pod) => !isAvailable(pod) || isPodTerminating(pod)).length;
  const first = startOrdinal(set) + (rollingUpdate?.partition ?? 0);
  const outdated = replicas.filter((pod) => ordinalOf(pod) >= first && isOutdated(pod));
  let budget = maxUnavailable(set) - unavailable;
  if (set.spec.podManagementPolicy === "Parallel") {
    // What does not run anyway goes first, whatever the budget.
    for (const pod of outdated) if (!isAvailable(pod)) loop.delete(pod);
    for (const pod of outdated) if (isAvailable(pod) && budget-- > 0) loop.delete(pod);
    return;
  }
  for (const pod of outdated) if (budget-- > 0) loop.delete(pod);
}

/** A percentage is rounded down; at least one (getStatefulSetMaxUnavailable). */
function maxUnavailable({ spec }: StatefulSet): number {
  const given = spec.updateStrategy?.rollingUpdate?.maxUnavailable ?? 1;
  if (typeof given === "number") return Math.max(1, given);
  return Math.max(1, Math.floor(((spec.replicas ?? 1) * Number.parseInt(given, 10)) / 100));
}
