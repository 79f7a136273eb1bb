import type { Pod } from "../../model/pod.ts";
import { type ContainerStatus, readContainerStatuses, stateReason } from "./container-status.ts";
import { type Cell, type KindTable, nameColumn, textColumns, wideColumn } from "./kind-table.ts";

/**
 * pkg/printers/internalversion/printers.go, printPod. The kubelet that is modelled reports no containers one by one: all of
 * its ready Pods' containers are taken for ready.
 */
export const podTable: KindTable<Pod> = {
  columns: [
    nameColumn,
    ...textColumns("Ready", "Status", "Restarts", "Age"),
    ...["IP", "Node", "Nominated Node", "Readiness Gates"].map(wideColumn),
  ],
  cells,
};

function cells(pod: Pod, age: string, since: (time: string) => string): Cell[] {
  const { reason, ready, restarts, lastRestart } = summaryOf(pod);
  const { spec, status } = pod;
  const total = spec.containers.length + sidecarsOf(pod).size;
  const isAllReady = status?.containerStatuses === undefined && isTrue(pod, "Ready");
  const { nominatedNodeName } = (status ?? {}) as { readonly nominatedNodeName?: string };
  return [
    pod.metadata.name,
    `${isAllReady ? total : ready}/${total}`,
    reason,
    restarts !== 0 && lastRestart !== "" ? `${restarts} (${since(lastRestart)} ago)` : String(restarts),
    age,
    status?.podIPs?.[0]?.ip || status?.podIP || "<none>",
    spec.nodeName || "<none>",
    nominatedNodeName || "<none>",
    gatesText(pod),
  ];
}

interface Summary {
  readonly reason: string;
  readonly ready: number;
  readonly restarts: number;
  /** When a container ended last; "" for never. */
  readonly lastRestart: string;
}

function summaryOf(pod: Pod): Summary {
  const begun = beginningOf(pod);
  const isPast = begun.waitsFor === undefined || isTrue(pod, "Initialized");
  const summary = isPast ? runningOf(pod, begun) : { ...begun.all, reason: begun.waitsFor!, ready: begun.ready };
  return { ...summary, reason: endText(pod) ?? summary.reason };
}

function phaseText(pod: Pod): string {
  const { phase = "", reason, conditions = [] } = (pod.status ?? {}) as Pod["status"] & { readonly reason?: string };
  const isGated = conditions.some((one) => one.type === "PodScheduled" && one.reason === "SchedulingGated");
  return isGated ? "SchedulingGated" : reason || phase || "Pending";
}

interface Restarts {
  readonly restarts: number;
  readonly lastRestart: string;
}

interface Beginning {
  /** `Init:0/2`; undefined when all have begun. */
  readonly waitsFor: string | undefined;
  readonly ready: number;
  /** Of all containers that were looked at, and of those that stay. */
  readonly all: Restarts;
  readonly sidecars: Restarts;
}

/** The containers that run before the others, up to the first that has not done so. */
function beginningOf(pod: Pod): Beginning {
  const statuses = readContainerStatuses(pod.status, "initContainerStatuses");
  const sidecars = sidecarsOf(pod);
  const seen: ContainerStatus[] = [];
  let ready = 0;
  let waitsFor: string | undefined;
  for (const [i, status] of statuses.entries()) {
    seen.push(status);
    const { terminated, waiting } = status.state;
    if (terminated !== undefined && terminated.exitCode === 0) continue;
    if (sidecars.has(status.name) && status.started) {
      if (status.ready) ready++;
      continue;
    }
    if (terminated !== undefined) waitsFor = `Init:${stateReason(terminated)}`;
    else if (waiting?.reason && waiting.reason !== "PodInitializing") waitsFor = `Init:${waiting.reason}`;
    else waitsFor = `Init:${i}/${pod.spec.initContainers?.length ?? 0}`;
    break;
  }
  const staying = seen.filter(({ name }) => sidecars.has(name));
  return { waitsFor, ready, all: restartsOf(seen), sidecars: restartsOf(staying) };
}

function sidecarsOf({ spec }: Pod): ReadonlySet<string> {
  const staying = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === "Always");
  return new Set(staying.map(({ name }) => name));
}

function restartsOf(statuses: readonly ContainerStatus[]): Restarts {
  const ended = statuses.map(({ lastState }) => lastState.terminated?.finishedAt ?? "");
  return {
    restarts: statuses.reduce((sum, { restartCount }) => sum + restartCount, 0),
    lastRestart: latest(ended),
  };
}

/** Of times that are written alike. */
function latest(times: readonly string[]): string {
  return [...times].sort().at(-1) ?? "";
}

function runningOf(pod: Pod, begun: Beginning): Summary {
  const statuses = readContainerStatuses(pod.status, "containerStatuses");
  const own = restartsOf(statuses);
  let reason = phaseText(pod);
  let failure = "";
  let ready = begun.ready;
  let hasRunning = false;
  for (const { state, ready: isReady } of statuses.toReversed()) {
    const { waiting, terminated, running } = state;
    if (waiting?.reason) reason = waiting.reason;
    else if (terminated !== undefined) {
      reason = stateReason(terminated);
      if (terminated.exitCode !== 0) failure = reason;
    } else if (isReady && running !== undefined) {
      hasRunning = true;
      ready++;
    }
  }
  if (reason === "Completed") {
    if (hasRunning && isTrue(pod, "Ready")) reason = "Running";
    else if (failure !== "") reason = failure;
    else if (hasRunning) reason = "NotReady";
  }
  const { sidecars } = begun;
  const lastRestart = latest([own.lastRestart, sidecars.lastRestart]);
  return { reason, ready, restarts: own.restarts + sidecars.restarts, lastRestart };
}

/** Of a Pod that is going. */
function endText({ metadata, status }: Pod): string | undefined {
  if (metadata.deletionTimestamp === undefined) return undefined;
  const { phase, reason } = (status ?? {}) as Pod["status"] & { readonly reason?: string };
  if (reason === "NodeLost") return "Unknown";
  return phase === "Succeeded" || phase === "Failed" ? undefined : "Terminating";
}

function isTrue(pod: Pod, type: string): boolean {
  return pod.status?.conditions?.find((condition) => condition.type === type)?.status === "True";
}

function gatesText(pod: Pod): string {
  const gates = pod.spec.readinessGates ?? [];
  if (gates.length === 0) return "<none>";
  return `${gates.filter(({ conditionType }) => isTrue(pod, conditionType)).length}/${gates.length}`;
}
