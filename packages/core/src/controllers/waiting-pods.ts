import type { ClusterState } from "../apiserver/cluster-state.ts";
import { type ObjectKey, objectKey } from "../model/api-object.ts";
import type { Pod } from "../model/pod.ts";
import { hostPortsOf, hostPortsText } from "./host-ports.ts";
import { isWaiting } from "./kubelet.ts";
import { podRanges } from "./pod-addressing.ts";
import { isUnscheduled } from "./scheduler.ts";

/** A Pod that a settled cluster does not run, and what it waits for. */
export interface WaitingPod {
  readonly key: ObjectKey;
  readonly reason: string;
}

/**
 * The Pods that the controllers could not bring to run. Those that a dump shows as Pending are not among them.
 *
 * @example
 * waitingPods(settle(state, context).state); // [{ key: "default/db-0", reason: "node node9 does not exist" }]
 */
export function waitingPods(state: ClusterState): readonly WaitingPod[] {
  return state.tables.Pod.values().flatMap((pod) => {
    const reason = reasonOf(state, pod);
    return reason === undefined ? [] : [{ key: objectKey(pod), reason }];
  });
}

function reasonOf(state: ClusterState, pod: Pod): string | undefined {
  if (isUnscheduled(pod)) {
    if (state.tables.Node.size === 0) return "there are no nodes";
    const ports = hostPortsOf(pod);
    return ports.length === 0
      ? "no node fits its nodeSelector and tolerations and has room"
      : `no node fits its nodeSelector and tolerations and has room and its host ports free (${hostPortsText(ports)})`;
  }
  if (!isWaiting(pod)) return undefined;
  const name = pod.spec.nodeName!;
  const node = state.tables.Node.get(name);
  if (node === undefined) return `node ${name} does not exist`;
  if (pod.spec.hostNetwork === true) return `node ${name} has no InternalIP`;
  const ranges = podRanges(node);
  return ranges.length === 0
    ? `node ${name} has no podCIDR`
    : `no address is free in ${ranges.join(" and ")} of node ${name}`;
}
