import type { EndpointSlice, SliceEndpoint } from "../../model/endpoint-slice.ts";
import type { Service } from "../../model/service.ts";
import { sameJson } from "../same-json.ts";
import type { SlicePlan } from "./slice-packing.ts";

export type TrafficDistribution = "PreferClose" | "PreferSameZone" | "PreferSameNode";

/** `spec.trafficDistribution`, where it has a value that the controller knows. */
export function trafficDistributionOf(service: Service): TrafficDistribution | undefined {
  const value = service.spec.trafficDistribution;
  return value === "PreferClose" || value === "PreferSameZone" || value === "PreferSameNode" ? value : undefined;
}

/** Whether the topology annotation asks for hints; the deprecated annotation wins where both stand. */
export function wantsTopologyHints(service: Service): boolean {
  const annotations = service.metadata.annotations ?? {};
  const mode =
    annotations["service.kubernetes.io/topology-aware-hints"] ?? annotations["service.kubernetes.io/topology-mode"];
  return mode === "Auto" || mode === "auto";
}

/**
 * The plan with the hints of `spec.trafficDistribution`: a ready endpoint is for its own zone, with PreferSameNode for
 * its own node too; without a distribution nobody has hints (endpointslice trafficdist/trafficdist.go). Slices of
 * `unchanged` whose hints are wrong join the updates.
 */
export function withTrafficHints(
  plan: SlicePlan,
  unchanged: readonly EndpointSlice[],
  distribution: TrafficDistribution | undefined,
): SlicePlan {
  const hinted = (endpoint: SliceEndpoint): SliceEndpoint => withHints(endpoint, distribution);
  const correct = (slice: EndpointSlice): EndpointSlice => withEndpoints(slice, hinted);
  const stale = unchanged.filter((slice) => correct(slice) !== slice);
  return { create: plan.create.map(correct), update: [...plan.update, ...stale].map(correct), remove: plan.remove };
}

/** The slice with each endpoint mapped; the same object when none changed. */
export function withEndpoints(slice: EndpointSlice, map: (endpoint: SliceEndpoint) => SliceEndpoint): EndpointSlice {
  const before = slice.endpoints ?? [];
  const after = before.map(map);
  return after.every((endpoint, index) => endpoint === before[index]) ? slice : { ...slice, endpoints: after };
}

function withHints(endpoint: SliceEndpoint, distribution: TrafficDistribution | undefined): SliceEndpoint {
  // What is not ready keeps what it has: it gets no traffic, and may come back soon.
  if (distribution !== undefined && endpoint.conditions?.ready !== true) return endpoint;
  const hints = distribution === undefined ? undefined : ownHints(endpoint, distribution === "PreferSameNode");
  if (sameJson(endpoint.hints, hints)) return endpoint;
  const { hints: _, ...rest } = endpoint;
  return hints === undefined ? rest : { ...rest, hints };
}

function ownHints(endpoint: SliceEndpoint, withNode: boolean): SliceEndpoint["hints"] | undefined {
  const zone = endpoint.zone === undefined ? undefined : { forZones: [{ name: endpoint.zone }] };
  const node = withNode && endpoint.nodeName !== undefined ? { forNodes: [{ name: endpoint.nodeName }] } : undefined;
  return zone === undefined && node === undefined ? undefined : { ...zone, ...node };
}
