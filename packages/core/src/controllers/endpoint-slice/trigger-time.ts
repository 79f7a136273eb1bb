import type { SliceEndpoint } from "../../model/endpoint-slice.ts";
import type { Service } from "../../model/service.ts";
import type { ControlLoop } from "../control-loop.ts";
import type { SlicePlan } from "./slice-packing.ts";

export const triggerTimeAnnotation = "endpoints.kubernetes.io/last-change-trigger-time";

/**
 * When what made the slices change happened: the birth of the Service for its first slices, later the earliest
 * readiness change among the Pods that the plan writes. Undefined where only Pods went: then the annotation goes.
 *
 * The real controller remembers the times that it has seen; this one takes a readiness change as new when it is later
 * than the annotation that stands (endpointslice util/trigger_time_tracker.go).
 */
export function triggerTime(
  loop: ControlLoop,
  service: Service,
  plan: SlicePlan,
  isKnown: boolean,
): string | undefined {
  if (!isKnown) return service.metadata.creationTimestamp;
  const times = plan.update.map((slice) => slice.metadata.annotations?.[triggerTimeAnnotation] ?? "");
  const last = times.sort().at(-1) ?? "";
  let earliest: string | undefined;
  for (const slice of [...plan.create, ...plan.update]) {
    for (const endpoint of slice.endpoints ?? []) {
      const time = readySince(loop, endpoint);
      if (time !== undefined && time > last && (earliest === undefined || time < earliest)) earliest = time;
    }
  }
  return earliest;
}

function readySince(loop: ControlLoop, { targetRef }: SliceEndpoint): string | undefined {
  const pod = loop.state.tables.Pod.get(`${targetRef?.namespace}/${targetRef?.name}`);
  return pod?.status?.conditions?.find(({ type }) => type === "Ready")?.lastTransitionTime ?? undefined;
}
