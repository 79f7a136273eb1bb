import type { DaemonSet } from "../model/daemon-set.ts";
import type { Pod } from "../model/pod.ts";
import type { DaemonView } from "./daemon-set.ts";
import { isPodReady, isPodTerminating } from "./pod-conditions.ts";

/** What a rolling update does now. */
export interface DaemonUpdate {
  readonly doomed: readonly Pod[];
  /** Nodes that get a new Pod beside the old one. */
  readonly nodes: readonly string[];
}

interface PodsOnNode {
  readonly newPod?: Pod | undefined;
  readonly oldPod?: Pod | undefined;
}

export function allowsSurge(set: DaemonSet): boolean {
  return scaled(set, "maxSurge", 1) > 0;
}

/** pkg/controller/daemon, rollingUpdate. Nodes are gone through by name; there it is the order of a Go map. */
export function podsToReplace(view: DaemonView): DaemonUpdate {
  return allowsSurge(view.set) ? surge(view) : replaceInPlace(view);
}

function replaceInPlace({ set, places, podsByNode, isUpdated }: DaemonView): DaemonUpdate {
  const maxUnavailable = scaled(set, "maxUnavailable", places.desired);
  const doomed: Pod[] = [];
  const candidates: Pod[] = [];
  let unavailable = 0;
  for (const pods of inNodeOrder(podsByNode)) {
    const found = updatedPodsOf(pods, isUpdated);
    if (found === undefined || (found.newPod === undefined) === (found.oldPod === undefined)) unavailable++;
    else if (found.newPod !== undefined) unavailable += isPodReady(found.newPod) ? 0 : 1;
    else if (isPodReady(found.oldPod!)) candidates.push(found.oldPod!);
    else {
      // It does not run anyway.
      doomed.push(found.oldPod!);
      unavailable++;
    }
  }
  return { doomed: [...doomed, ...candidates.slice(0, Math.max(0, maxUnavailable - unavailable))], nodes: [] };
}

function surge({ set, places, podsByNode, isUpdated }: DaemonView): DaemonUpdate {
  const doomed: Pod[] = [];
  const leaving: Pod[] = [];
  const allowed: string[] = [];
  const candidates: string[] = [];
  let surging = 0;
  let available = 0;
  for (const [name, pods] of [...podsByNode].sort(byName)) {
    const found = updatedPodsOf(pods, isUpdated);
    if (found === undefined) {
      surging++;
      continue;
    }
    const { newPod, oldPod } = found;
    const isReady = [oldPod ?? newPod].some((pod) => pod !== undefined && isPodReady(pod));
    if (isReady) available++;
    if (oldPod === undefined) continue;
    if (newPod !== undefined) {
      if (isPodReady(newPod)) doomed.push(oldPod);
      else surging++;
    } else if (!places.at(name).shouldRun) (isReady ? leaving : doomed).push(oldPod);
    else (isReady ? candidates : allowed).push(name);
  }
  // Those on nodes that are not meant any more stay until others are ready.
  doomed.push(...leaving.slice(0, Math.max(0, available - places.desired)));
  const room = Math.max(0, scaled(set, "maxSurge", places.desired) - surging);
  return { doomed, nodes: [...allowed, ...candidates.slice(0, room)] };
}

/** At most one of each; undefined where there are more, which are taken away elsewhere (findUpdatedPodsOnNode). */
function updatedPodsOf(pods: readonly Pod[], isUpdated: (pod: Pod) => boolean): PodsOnNode | undefined {
  const here = pods.filter((pod) => !isPodTerminating(pod));
  const newPods = here.filter(isUpdated);
  const oldPods = here.filter((pod) => !isUpdated(pod));
  return newPods.length > 1 || oldPods.length > 1 ? undefined : { newPod: newPods[0], oldPod: oldPods[0] };
}

function inNodeOrder(podsByNode: DaemonView["podsByNode"]): readonly (readonly Pod[])[] {
  return [...podsByNode].sort(byName).map(([, pods]) => pods);
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

/** A percentage of the nodes is rounded up. */
function scaled({ spec }: DaemonSet, field: "maxUnavailable" | "maxSurge", nodes: number): number {
  const { type, rollingUpdate } = spec.updateStrategy ?? {};
  const given = type === "RollingUpdate" ? (rollingUpdate?.[field] ?? 0) : 0;
  return typeof given === "number" ? given : Math.ceil((nodes * Number.parseInt(given, 10)) / 100);
}
