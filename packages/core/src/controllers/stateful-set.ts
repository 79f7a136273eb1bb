import { type ObjectKey, objectKey } from "../model/api-object.ts";
import type { Pod } from "../model/pod.ts";
import type { StatefulSet, StatefulSetStatus } from "../model/stateful-set.ts";
import { adoptPods, podsOf } from "./adopt-pods.ts";
import type { ControlLoop } from "./control-loop.ts";
import { isPodTerminal, isPodTerminating } from "./pod-conditions.ts";
import { patchHash, type RevisionNaming, revisionLabel, syncHistory, truncateHistory } from "./revision-history.ts";
import { sameJson } from "./same-json.ts";
import {
  isAvailable,
  isInRange,
  isMember,
  ordinalOf,
  podIndexLabel,
  podNameLabel,
  podOfOrdinal,
  type StatefulRevisions,
  startOrdinal,
} from "./stateful-pod.ts";
import { updateStatefulPods } from "./stateful-update.ts";
import { withCounts } from "./status-counts.ts";

const naming: RevisionNaming = {
  hashOf: patchHash,
  hashLabel: "controller.kubernetes.io/hash",
  hashOfPod: ({ metadata }, label) => label.slice(metadata.name.length + 1),
};

/**
 * One step of a StatefulSet towards Pods with ordinals from `spec.ordinals.start` on: made one after the other as each
 * gets ready, taken away from the last, replaced from the last (pkg/controller/statefulset, stateful_set_control.go).
 * With `podManagementPolicy: Parallel` nothing waits.
 */
export function syncStatefulSet(loop: ControlLoop, key: ObjectKey): void {
  const set = loop.state.tables.StatefulSet.get(key);
  if (set === undefined || set.metadata.deletionTimestamp !== undefined) return;
  adoptPods(loop, set, (pod) => isMember(set, pod));
  const history = syncHistory(loop, set, naming, podsOf(loop, set));
  const current = history.all.find(({ metadata }) => metadata.name === set.status?.currentRevision) ?? history.update;
  const revisions = { current, update: history.update };
  if (bringAbout(loop, set, revisions)) updateStatefulPods(loop, set, history.update.metadata.name);
  writeStatus(loop, set, revisions);
  const live = new Set([current.metadata.name, history.update.metadata.name]);
  for (const pod of podsOf(loop, set)) live.add(pod.metadata.labels?.[revisionLabel] ?? "");
  truncateHistory(loop, set, history, ({ metadata }) => live.has(metadata.name));
}

/** Makes and takes away Pods; true when all are there that are to be, and only they. */
function bringAbout(loop: ControlLoop, set: StatefulSet, revisions: StatefulRevisions): boolean {
  const isParallel = set.spec.podManagementPolicy === "Parallel";
  const pods = podsOf(loop, set);
  const byOrdinal = new Map(pods.filter((pod) => isInRange(set, pod)).map((pod) => [ordinalOf(pod), pod]));
  const start = startOrdinal(set);
  for (let ordinal = start; ordinal < start + (set.spec.replicas ?? 1); ordinal++) {
    const isDone = keepReplica(loop, byOrdinal.get(ordinal), () => podOfOrdinal(set, revisions, ordinal));
    if (!isDone && !isParallel) return false;
  }
  const condemned = pods
    .filter((pod) => ordinalOf(pod) >= 0 && !isInRange(set, pod))
    .sort((a, b) => ordinalOf(b) - ordinalOf(a));
  if (isParallel) {
    for (const pod of condemned) if (!isPodTerminating(pod)) loop.delete(pod);
    return true;
  }
  if (condemned.length > 0) condemn(loop, [...byOrdinal.values()], condemned);
  return condemned.length === 0;
}

/** One Pod of the set (processReplica); true when it runs and is ready. */
function keepReplica(loop: ControlLoop, pod: Pod | undefined, newPod: () => Pod): boolean {
  if (pod === undefined) {
    loop.put(newPod());
    return false;
  }
  if (isPodTerminal(pod)) {
    if (!isPodTerminating(pod)) loop.delete(pod);
    return false;
  }
  if (isPodTerminating(pod) || !isAvailable(pod)) return false;
  const { labels = {} } = pod.metadata;
  const identity = { [podNameLabel]: pod.metadata.name, [podIndexLabel]: String(ordinalOf(pod)) };
  if (Object.entries(identity).some(([label, value]) => labels[label] !== value)) {
    loop.put({ ...pod, metadata: { ...pod.metadata, labels: { ...labels, ...identity } } });
  }
  return true;
}

/** The last of those that are too many goes, when no other Pod is unwell (processCondemned). */
function condemn(loop: ControlLoop, replicas: readonly Pod[], condemned: readonly Pod[]): void {
  const isUnwell = (pod: Pod): boolean => !isAvailable(pod) || isPodTerminating(pod);
  const firstUnwell = replicas.find(isUnwell) ?? condemned.findLast(isUnwell);
  const last = condemned[0]!;
  if (isPodTerminating(last) || (!isAvailable(last) && last !== firstUnwell)) return;
  loop.delete(last);
}

function writeStatus(loop: ControlLoop, set: StatefulSet, { current, update }: StatefulRevisions): void {
  const pods = podsOf(loop, set).filter((pod) => ordinalOf(pod) >= 0);
  const ready = pods.filter(isAvailable).length;
  const ofRevision = (name: string): number =>
    pods.filter((pod) => !isPodTerminating(pod) && pod.metadata.labels?.[revisionLabel] === name).length;
  const updated = ofRevision(update.metadata.name);
  const wanted = set.spec.replicas ?? 1;
  const isComplete = updated === wanted && ready === wanted && pods.length === wanted;
  const now = isComplete ? update : current;
  const { generation } = set.metadata;
  const named: StatefulSetStatus = {
    ...set.status,
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    replicas: pods.length,
    availableReplicas: ready,
    currentRevision: now.metadata.name,
    updateRevision: update.metadata.name,
    collisionCount: set.status?.collisionCount ?? 0,
  };
  const counts = { readyReplicas: ready, currentReplicas: ofRevision(now.metadata.name), updatedReplicas: updated };
  const status = withCounts(named, counts);
  const stored = loop.state.tables.StatefulSet.get(objectKey(set)) ?? set;
  if (!sameJson(stored.status, status)) loop.put({ ...stored, status });
}
