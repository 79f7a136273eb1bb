import { templateGeneration } from "../apiserver/kinds/daemon-set.ts";
import { type ObjectKey, objectKey } from "../model/api-object.ts";
import type { DaemonSet, DaemonSetStatus } from "../model/daemon-set.ts";
import type { Pod } from "../model/pod.ts";
import { adoptPods, podsOf } from "./adopt-pods.ts";
import type { ControlLoop } from "./control-loop.ts";
import { DaemonPlaces } from "./daemon-places.ts";
import { daemonTemplate, forNode, targetNode } from "./daemon-pod.ts";
import { allowsSurge, podsToReplace } from "./daemon-update.ts";
import { generatedName } from "./generated-name.ts";
import { isPodReady, isPodTerminal, isPodTerminating } from "./pod-conditions.ts";
import { type RevisionNaming, revisionLabel, syncHistory, truncateHistory } from "./revision-history.ts";
import { sameJson } from "./same-json.ts";
import { withCounts } from "./status-counts.ts";
import { templateHash } from "./template-hash.ts";
import { podMaker } from "./template-pod.ts";

const generationLabel = "pod-template-generation";

const naming: RevisionNaming = { hashOf: templateHash, hashLabel: revisionLabel, hashOfPod: (_owner, label) => label };

/** What one step of a DaemonSet knows. */
export interface DaemonView {
  readonly set: DaemonSet;
  readonly places: DaemonPlaces;
  /** By the node that they are on or are meant for. */
  readonly podsByNode: ReadonlyMap<string, readonly Pod[]>;
  /** Whether a Pod is of the template of now. */
  readonly isUpdated: (pod: Pod) => boolean;
}

/**
 * One step of a DaemonSet towards one Pod on each node that its template fits: makes and takes away Pods, replaces those of
 * older templates, as many at a time as may be, and writes the status (pkg/controller/daemon, daemon_controller.go).
 */
export function syncDaemonSet(loop: ControlLoop, key: ObjectKey): void {
  const set = loop.state.tables.DaemonSet.get(key);
  if (set === undefined || set.metadata.deletionTimestamp !== undefined) return;
  adoptPods(loop, set);
  const history = syncHistory(loop, set, naming, podsOf(loop, set));
  const hash = history.update.metadata.labels?.[revisionLabel] ?? "";
  const places = new DaemonPlaces(set, loop.state.tables.Node.values());
  manage(loop, viewOf(loop, set, places, hash), hash);
  if (set.spec.updateStrategy?.type === "RollingUpdate") rollOver(loop, viewOf(loop, set, places, hash), hash);
  writeStatus(loop, viewOf(loop, set, places, hash));
  const live = new Set(podsOf(loop, set).map(({ metadata }) => metadata.labels?.[revisionLabel]));
  truncateHistory(
    loop,
    set,
    history,
    (one) => one === history.update || live.has(one.metadata.labels?.[revisionLabel]),
  );
}

function viewOf(loop: ControlLoop, set: DaemonSet, places: DaemonPlaces, hash: string): DaemonView {
  const podsByNode = new Map<string, Pod[]>();
  for (const pod of podsOf(loop, set)) {
    const node = targetNode(pod);
    const pods = podsByNode.get(node);
    if (pods === undefined) podsByNode.set(node, [pod]);
    else pods.push(pod);
  }
  for (const pods of podsByNode.values()) pods.sort(oldestFirst);
  const generation = set.metadata.annotations?.[templateGeneration];
  const isUpdated = ({ metadata: { labels = {} } }: Pod): boolean =>
    labels[revisionLabel] === hash || (generation !== undefined && labels[generationLabel] === generation);
  return { set, places, podsByNode, isUpdated };
}

/** One Pod on each node, or with a surge an old and a new one (podsShouldBeOnNode). */
function manage(loop: ControlLoop, view: DaemonView, hash: string): void {
  const { set, places, podsByNode } = view;
  const wanting: string[] = [];
  for (const node of loop.state.tables.Node.values()) {
    const { name } = node.metadata;
    const { shouldRun, mayStay } = places.at(name);
    const pods = podsByNode.get(name) ?? [];
    if (pods.length === 0) {
      if (shouldRun) wanting.push(name);
      continue;
    }
    const here = pods.filter((pod) => !isPodTerminating(pod));
    for (const pod of here) if (!mayStay || isPodTerminal(pod)) loop.delete(pod);
    if (!mayStay) continue;
    const running = here.filter((pod) => !isPodTerminal(pod));
    if (allowsSurge(set) && running.length === 0 && shouldRun) wanting.push(name);
    for (const pod of excessPods(view, running)) loop.delete(pod);
  }
  createPods(loop, set, wanting, hash);
}

/** All but the oldest; with a surge, all but the oldest of each kind, and the old one when the new one is ready. */
function excessPods({ set, isUpdated }: DaemonView, running: readonly Pod[]): readonly Pod[] {
  if (!allowsSurge(set) || running.length < 2) return running.slice(1);
  const newPod = running.find(isUpdated);
  const oldPod = running.find((pod) => !isUpdated(pod));
  const excess = running.filter((pod) => pod !== newPod && pod !== oldPod);
  const isReplaced = newPod !== undefined && oldPod !== undefined && (!isPodReady(oldPod) || isPodReady(newPod));
  return isReplaced ? [...excess, oldPod] : excess;
}

function rollOver(loop: ControlLoop, view: DaemonView, hash: string): void {
  const { doomed, nodes } = podsToReplace(view);
  for (const pod of doomed) loop.delete(pod);
  createPods(loop, view.set, nodes, hash);
}

function createPods(loop: ControlLoop, set: DaemonSet, nodes: readonly string[], hash: string): void {
  if (nodes.length === 0) return;
  const { name, namespace, annotations } = set.metadata;
  const random = loop.context.random.fork(`daemonset/${namespace}/${name}/${loop.state.revision}`);
  const generation = annotations?.[templateGeneration];
  const labels = { ...(generation === undefined ? {} : { [generationLabel]: generation }), [revisionLabel]: hash };
  const podNamed = podMaker(set, daemonTemplate(set.spec.template, labels));
  const isTaken = (taken: string): boolean => loop.state.tables.Pod.has(`${namespace}/${taken}`);
  for (const node of nodes) loop.put(forNode(podNamed(generatedName(`${name}-`, random, isTaken)), node));
}

/** updateDaemonSetStatus. */
function writeStatus(loop: ControlLoop, { set, places, podsByNode, isUpdated }: DaemonView): void {
  const status = { desired: 0, current: 0, misscheduled: 0, ready: 0, updated: 0 };
  for (const { metadata } of loop.state.tables.Node.values()) {
    const pod = podsByNode.get(metadata.name)?.[0];
    if (!places.at(metadata.name).shouldRun) {
      if (pod !== undefined) status.misscheduled++;
      continue;
    }
    status.desired++;
    if (pod === undefined) continue;
    status.current++;
    if (isPodReady(pod)) status.ready++;
    if (isUpdated(pod)) status.updated++;
  }
  const { generation } = set.metadata;
  const counted: DaemonSetStatus = {
    ...set.status,
    currentNumberScheduled: status.current,
    numberMisscheduled: status.misscheduled,
    desiredNumberScheduled: status.desired,
    numberReady: status.ready,
    ...(generation === undefined ? {} : { observedGeneration: generation }),
  };
  const next = withCounts(counted, {
    updatedNumberScheduled: status.updated,
    numberAvailable: status.ready,
    numberUnavailable: status.desired - status.ready,
  });
  const stored = loop.state.tables.DaemonSet.get(objectKey(set)) ?? set;
  if (!sameJson(stored.status, next)) loop.put({ ...stored, status: next });
}

/** podByCreationTimestampAndPhase: those with a node first. */
function oldestFirst(a: Pod, b: Pod): number {
  const [left, right] = [a, b].map(
    ({ metadata, spec }) => `${spec.nodeName ? 0 : 1} ${metadata.creationTimestamp ?? ""} ${metadata.name}`,
  );
  return left! < right! ? -1 : 1;
}
