import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import type { SourcePosition } from "@kubenetsim/core/runtime/errors";
import type { Origin } from "@kubenetsim/core/trace/origin";

/** Finds where in the user's text the object of an origin stands. */
export type PositionOf = (origin: Origin) => SourcePosition | undefined;

/**
 * Positions of what a state's objects were applied from: the line of the Service port that a rule was written for, else
 * the object's first line. Undefined for what controllers made, and for kube-proxy's own rules.
 */
export function sourcePositions(state: ClusterState): PositionOf {
  const known = new Map<string, SourcePosition | undefined>();
  return (origin) => {
    const key = `${origin.object} ${origin.servicePort ?? ""} ${origin.field?.join("/") ?? ""}`;
    if (!known.has(key)) known.set(key, findPosition(state, origin));
    return known.get(key);
  };
}

function findPosition(state: ClusterState, origin: Origin): SourcePosition | undefined {
  const document = state.sources.get(origin.object);
  if (document === undefined) return undefined;
  if (origin.field !== undefined) return document.positionOf(origin.field);
  const key = origin.object.slice("Service ".length);
  const service = origin.object.startsWith("Service ") ? state.tables.Service.get(key) : undefined;
  const portName = origin.servicePort === key ? "" : (origin.servicePort?.slice(key.length + 1) ?? undefined);
  const index = service?.spec.ports?.findIndex((port) => (port.name ?? "") === portName) ?? -1;
  return document.positionOf(index < 0 ? [] : ["spec", "ports", index]);
}
