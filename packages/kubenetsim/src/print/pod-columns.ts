import type { Pod } from "@kubenetsim/core/model/pod";

/**
 * `kubectl get pods`: kubernetes pkg/printers/internalversion printPod. Restart times are not shown. The kubelet that is
 * modelled reports no containers one by one: all of its ready Pods' containers are taken for ready.
 */
export const podHeader: readonly string[] = ["NAME", "READY", "STATUS", "RESTARTS", "AGE"];
export const podWideHeader: readonly string[] = ["IP", "NODE", "NOMINATED NODE", "READINESS GATES"];

export function podCells(pod: Pod, age: string): string[] {
  const statuses = readStatuses(pod);
  const restarts = statuses.reduce((sum, status) => sum + status.restarts, 0);
  const sidecars = (pod.spec.initContainers ?? []).filter((container) => container.restartPolicy === "Always");
  const total = pod.spec.containers.length + sidecars.length;
  const ready = pod.status?.containerStatuses === undefined && isReady(pod) ? total : statuses.filter(isServing).length;
  return [pod.metadata.name, `${ready}/${total}`, reasonText(pod, statuses), String(restarts), age];
}

export function podWideCells(pod: Pod): string[] {
  const nodeName = pod.spec.nodeName ?? "";
  return [
    pod.status?.podIPs?.[0]?.ip || pod.status?.podIP || "<none>",
    nodeName === "" ? "<none>" : nodeName,
    "<none>",
    gatesText(pod),
  ];
}

interface ContainerState {
  readonly ready: boolean;
  readonly running: boolean;
  readonly restarts: number;
  /** Of the waiting or terminated state. */
  readonly reason: string | undefined;
}

function readStatuses(pod: Pod): ContainerState[] {
  return (pod.status?.containerStatuses ?? []).map((status) => {
    const state = (status.state ?? {}) as Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;
    return {
      ready: status.ready === true,
      running: state.running !== undefined,
      restarts: Number(status.restartCount ?? 0),
      reason: stateReason(state.waiting) ?? terminatedReason(state.terminated),
    };
  });
}

function stateReason(state: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const reason = state?.reason;
  return typeof reason === "string" && reason !== "" ? reason : undefined;
}

function terminatedReason(state: Readonly<Record<string, unknown>> | undefined): string | undefined {
  if (state === undefined) return undefined;
  const signal = Number(state.signal ?? 0);
  return stateReason(state) ?? (signal !== 0 ? `Signal:${signal}` : `ExitCode:${state.exitCode ?? 0}`);
}

function reasonText(pod: Pod, statuses: readonly ContainerState[]): string {
  const phase = pod.status?.phase ?? "Pending";
  if (pod.metadata.deletionTimestamp !== undefined && phase !== "Succeeded" && phase !== "Failed") return "Terminating";
  const reason = statuses.find((status) => status.reason !== undefined)?.reason ?? phase;
  if (reason !== "Completed" || !statuses.some(isServing)) return reason;
  return isReady(pod) ? "Running" : "NotReady";
}

function isServing(status: ContainerState): boolean {
  return status.ready && status.running;
}

function isReady(pod: Pod): boolean {
  const ready = pod.status?.conditions?.find((condition) => condition.type === "Ready");
  return ready?.status === "True";
}

function gatesText(pod: Pod): string {
  const gates = pod.spec.readinessGates ?? [];
  if (gates.length === 0) return "<none>";
  const met = gates.filter((gate) =>
    pod.status?.conditions?.some((condition) => condition.type === gate.conditionType && condition.status === "True"),
  );
  return `${met.length}/${gates.length}`;
}
