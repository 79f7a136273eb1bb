import type { Pod } from "../../model/pod.ts";
import { type Cell, type KindTable, nameColumn, textColumns, wideColumn } from "./kind-table.ts";

/**
 * pkg/printers/internalversion/printers.go, printPod. Restart times are not shown. The kubelet that is
 * modelled reports no containers one by one: all of its ready Pods' containers are taken for ready.
 */
export const podTable: KindTable<Pod> = {
  columns: [
    nameColumn,
    ...textColumns("Ready", "Status", "Restarts", "Age"),
    ...["IP", "Node", "Nominated Node", "Readiness Gates"].map(wideColumn),
  ],
  cells,
};

function cells(pod: Pod, age: string): Cell[] {
  const statuses = readStatuses(pod);
  const restarts = statuses.reduce((sum, status) => sum + status.restarts, 0);
  const sidecars = (pod.spec.initContainers ?? []).filter((container) => container.restartPolicy === "Always");
  const total = pod.spec.containers.length + sidecars.length;
  const ready = pod.status?.containerStatuses === undefined && isReady(pod) ? total : statuses.filter(isServing).length;
  const nodeName = pod.spec.nodeName ?? "";
  return [
    pod.metadata.name,
    `${ready}/${total}`,
    reasonText(pod, statuses),
    String(restarts),
    age,
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
