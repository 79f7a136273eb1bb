import type { Pod } from "../model/pod.ts";

/** Whether the condition Ready is True; a Pod without it is not ready. */
export function isPodReady(pod: Pod): boolean {
  return pod.status?.conditions?.find((condition) => condition.type === "Ready")?.status === "True";
}

/** All containers have ended and none will start again. */
export function isPodTerminal(pod: Pod): boolean {
  return pod.status?.phase === "Failed" || pod.status?.phase === "Succeeded";
}

export function isPodTerminating(pod: Pod): boolean {
  return pod.metadata.deletionTimestamp !== undefined;
}

/** The addresses of a Pod; `podIPs` where it is given, else `podIP`. */
export function podAddresses(pod: Pod): readonly string[] {
  const status = pod.status;
  if (status?.podIPs !== undefined && status.podIPs.length > 0) return status.podIPs.map(({ ip }) => ip);
  return status?.podIP === undefined || status.podIP === "" ? [] : [status.podIP];
}
