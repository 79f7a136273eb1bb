import type { ObjectKey } from "../model/api-object.ts";
import type { Condition, Node } from "../model/node.ts";
import type { Pod, PodStatus } from "../model/pod.ts";
import { timestampOf } from "../runtime/timestamp.ts";
import type { ControlLoop } from "./control-loop.ts";
import type { PodAddressing } from "./pod-addressing.ts";
import { isPodTerminal, podAddresses } from "./pod-conditions.ts";

/**
 * Runs a Pod on its node: gives it addresses, the phase Running and its conditions, Ready at once. What the Pod's status
 * says already stays, so a Pod can be given as unready, or with its own address. It waits where its node is not known,
 * has no podCIDR or no free address.
 */
export function runPod(loop: ControlLoop, key: ObjectKey): void {
  const pod = loop.state.tables.Pod.get(key);
  if (loop.ending.delete(key)) {
    if (pod !== undefined) endPod(loop, pod);
    return;
  }
  if (pod === undefined || !isWaiting(pod)) return;
  const node = loop.state.tables.Node.get(pod.spec.nodeName!);
  if (node === undefined) return;
  const addresses = addressesFor(pod, node, loop.addressing);
  if (addresses === undefined) return;
  loop.put({
    ...pod,
    status: runningStatus(pod, nodeAddresses(node), addresses, timestampOf(loop.context.clock.nowMs)),
  });
}

/**
 * Ends a Pod that is on its way out: its containers end when they are told to, whatever time they are given. What has
 * finalizers stays until they are gone; so does a Pod whose node nobody knows.
 */
function endPod(loop: ControlLoop, pod: Pod): void {
  if (!loop.state.tables.Node.has(pod.spec.nodeName ?? "")) return;
  if ((pod.metadata.finalizers ?? []).length === 0) loop.remove("Pod", pod);
  else loop.put({ ...pod, metadata: { ...pod.metadata, deletionGracePeriodSeconds: 0 } });
}

/**
 * A Pod that has a node and does not run yet. A Pod of a dump that was Pending there, as its PodScheduled condition
 * tells, is left as it was; so is one that has ended.
 */
export function isWaiting(pod: Pod): boolean {
  const { status } = pod;
  if ((pod.spec.nodeName ?? "") === "" || isPodTerminal(pod) || status?.phase === "Unknown") return false;
  if (podAddresses(pod).length > 0 && status?.phase === "Running" && hasCondition(pod, "Ready")) return false;
  return status?.phase === "Running" || !hasCondition(pod, "PodScheduled");
}

function hasCondition(pod: Pod, type: string): boolean {
  return pod.status?.conditions?.some((condition) => condition.type === type) === true;
}

function addressesFor(pod: Pod, node: Node, addressing: PodAddressing): readonly string[] | undefined {
  const given = podAddresses(pod);
  if (given.length > 0) return given;
  if (pod.spec.hostNetwork !== true) return addressing.take(node);
  const addresses = nodeAddresses(node);
  return addresses.length === 0 ? undefined : addresses;
}

/** The node's InternalIPs: the first of each family, as the kubelet takes them. */
function nodeAddresses(node: Node): readonly string[] {
  const internal = (node.status?.addresses ?? [])
    .filter(({ type }) => type === "InternalIP")
    .map(({ address }) => address);
  const first = internal[0];
  if (first === undefined) return [];
  const other = internal.find((address) => address.includes(":") !== first.includes(":"));
  return other === undefined ? [first] : [first, other];
}

function runningStatus(
  pod: Pod,
  hostAddresses: readonly string[],
  addresses: readonly string[],
  now: string,
): PodStatus {
  const given = pod.status ?? {};
  const hostIP = given.hostIP ?? hostAddresses[0];
  return {
    ...given,
    phase: "Running",
    conditions: withMissingConditions(pod, now),
    ...(hostIP === undefined ? {} : { hostIP, hostIPs: given.hostIPs ?? hostAddresses.map((ip) => ({ ip })) }),
    podIP: given.podIP ?? addresses[0]!,
    podIPs: given.podIPs ?? addresses.map((ip) => ({ ip })),
    startTime: given.startTime ?? now,
  };
}

const kubeletConditions = ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"];

function withMissingConditions(pod: Pod, now: string): readonly Condition[] {
  const given = pod.status?.conditions ?? [];
  const missing = kubeletConditions.filter((type) => !given.some((condition) => condition.type === type));
  return [...given, ...missing.map((type) => newCondition(pod, type, now))];
}

function newCondition(pod: Pod, type: string, lastTransitionTime: string): Condition {
  if (type === "Ready" && !passesReadinessGates(pod)) {
    return { type, status: "False", reason: "ReadinessGatesNotReady", lastTransitionTime };
  }
  return { type, status: "True", lastTransitionTime };
}

/** Every readiness gate's condition must be True; nobody here sets one that is missing. */
function passesReadinessGates(pod: Pod): boolean {
  return (pod.spec.readinessGates ?? []).every(({ conditionType }) =>
    pod.status?.conditions?.some((condition) => condition.type === conditionType && condition.status === "True"),
  );
}
