import type { EndpointSlice, SliceEndpoint } from "../../model/endpoint-slice.ts";
import type { Node } from "../../model/node.ts";
import type { Pod } from "../../model/pod.ts";
import type { Service } from "../../model/service.ts";
import type { IpFamily } from "../../net/address.ts";
import { isOwnedBy } from "../ownership.ts";
import { type PortGroup, portGrouping, portGroupKey } from "./endpoint-ports.ts";
import { newSlice } from "./new-slice.ts";
import { isPublishable, podEndpoint } from "./pod-endpoint.ts";
import { followsServiceLabels, sameLabels, sliceLabels } from "./slice-labels.ts";
import { packEndpoints, type SlicePlan } from "./slice-packing.ts";
import { withTopologyHints, type ZoneShares } from "./topology-hints.ts";
import { trafficDistributionOf, wantsTopologyHints, withTrafficHints } from "./traffic-hints.ts";

export interface SliceInput {
  readonly service: Service;
  /** The Pods that the selector matches. */
  readonly pods: readonly Pod[];
  /** The slices of the Service that the controller manages. */
  readonly existing: readonly EndpointSlice[];
  readonly nodeNamed: (name: string) => Node | undefined;
  readonly zoneShares: () => ZoneShares | undefined;
  readonly maxEndpointsPerSlice: number;
}

/** What to write so that the slices say what the Pods are (endpointslice reconciler.go, Reconcile). */
export function planSlices(input: SliceInput): SlicePlan {
  const families = serviceFamilies(input.service);
  const plan: SlicePlan = { create: [], update: [], remove: [] };
  for (const slice of input.existing) {
    if (!families.some((family) => family === slice.addressType)) plan.remove.push(slice);
  }
  for (const family of families) {
    const part = planFamily(input, family);
    plan.create.push(...part.create);
    plan.update.push(...part.update);
    plan.remove.push(...part.remove);
  }
  return plan;
}

/** `spec.ipFamilies`, or what the API server would have made of a Service that has none. */
function serviceFamilies({ spec }: Service): readonly IpFamily[] {
  if (spec.ipFamilies !== undefined && spec.ipFamilies.length > 0) return spec.ipFamilies;
  if (spec.clusterIP !== undefined && spec.clusterIP !== "" && spec.clusterIP !== "None") {
    return [spec.clusterIP.includes(":") ? "IPv6" : "IPv4"];
  }
  return ["IPv4", "IPv6"];
}

function planFamily(input: SliceInput, family: IpFamily): SlicePlan {
  const { service } = input;
  const existing = input.existing.filter((slice) => slice.addressType === family);
  const owned = existing.filter((slice) => isOwnedBy(slice, service));
  const plan: SlicePlan = { create: [], update: [], remove: existing.filter((slice) => !owned.includes(slice)) };
  const desired = desiredGroups(input, family);
  packGroups(plan, input, family, owned, desired);
  addPlaceholder(plan, service, family, existing);
  const hinted = addHints(plan, input, existing);
  return reuseSlices(hinted, service);
}

interface DesiredGroup {
  readonly group: PortGroup;
  readonly endpoints: SliceEndpoint[];
}

function desiredGroups(input: SliceInput, family: IpFamily): Map<string, DesiredGroup> {
  const { service, pods } = input;
  const groupOf = portGrouping(service);
  const groups = new Map<string, DesiredGroup>();
  for (const pod of pods) {
    if (!isPublishable(pod)) continue;
    const group = groupOf(pod);
    const desired = groups.get(group.key) ?? { group, endpoints: [] };
    groups.set(group.key, desired);
    const node = pod.spec.nodeName === undefined ? undefined : input.nodeNamed(pod.spec.nodeName);
    if (node === undefined && service.spec.publishNotReadyAddresses !== true) continue;
    const endpoint = podEndpoint(pod, node, service, family);
    if (endpoint !== undefined) desired.endpoints.push(endpoint);
  }
  return groups;
}

function packGroups(
  plan: SlicePlan,
  input: SliceInput,
  family: IpFamily,
  owned: readonly EndpointSlice[],
  desired: ReadonlyMap<string, DesiredGroup>,
): void {
  const existingByKey = new Map<string, EndpointSlice[]>();
  for (const slice of owned) {
    const key = portGroupKey(slice.ports);
    if (!desired.has(key)) plan.remove.push(slice);
    else existingByKey.set(key, [...(existingByKey.get(key) ?? []), slice]);
  }
  for (const [key, { group, endpoints }] of desired) {
    const packed = packEndpoints({
      existing: existingByKey.get(key) ?? [],
      desired: endpoints,
      max: input.maxEndpointsPerSlice,
      emptySlice: () => newSlice(input.service, family, group.ports, { labels: sliceLabels(input.service) }),
      relabel: (slice) => relabelled(slice, input.service),
    });
    plan.create.push(...packed.create);
    plan.update.push(...packed.update);
    plan.remove.push(...packed.remove);
  }
}

/** A Service without any slice gets an empty one, so that its consumers see that it is known. */
function addPlaceholder(plan: SlicePlan, service: Service, family: IpFamily, existing: readonly EndpointSlice[]): void {
  if (existing.length !== plan.remove.length || plan.create.length > 0) return;
  const placeholder = newSlice(service, family, [], { labels: sliceLabels(service) });
  if (plan.remove.length === 1 && isPlaceholder(plan.remove[0]!, placeholder)) plan.remove = [];
  else plan.create.push(placeholder);
}

function isPlaceholder(slice: EndpointSlice, placeholder: EndpointSlice): boolean {
  return (
    (slice.endpoints ?? []).length === 0 &&
    (slice.ports ?? []).length === 0 &&
    sameLabels(slice.metadata.labels, placeholder.metadata.labels)
  );
}

function addHints(plan: SlicePlan, input: SliceInput, existing: readonly EndpointSlice[]): SlicePlan {
  const touched = new Set([...plan.update, ...plan.remove].map((slice) => slice.metadata.name));
  const unchanged = existing.filter((slice) => !touched.has(slice.metadata.name));
  if (wantsTopologyHints(input.service)) return withTopologyHints(plan, unchanged, input.zoneShares());
  return withTrafficHints(plan, unchanged, trafficDistributionOf(input.service));
}

/** Slices to create take the places of slices to remove, as long as both are there. */
function reuseSlices(plan: SlicePlan, service: Service): SlicePlan {
  const create = [...plan.create];
  const update = [...plan.update];
  const remove: EndpointSlice[] = [];
  for (const slice of plan.remove) {
    const next = isOwnedBy(slice, service) ? create.pop() : undefined;
    if (next === undefined) remove.push(slice);
    else update.push({ ...next, metadata: inPlaceOf(slice, next) });
  }
  return { create, update, remove };
}

/** The identity of the slice that stands, the labels and owner of the one that takes its place. */
function inPlaceOf(standing: EndpointSlice, next: EndpointSlice): EndpointSlice["metadata"] {
  const { labels, ownerReferences } = next.metadata;
  return { ...standing.metadata, labels: labels!, ownerReferences: ownerReferences! };
}

function relabelled(slice: EndpointSlice, service: Service): EndpointSlice {
  if (followsServiceLabels(slice.metadata.labels, service.metadata.labels)) return slice;
  return { ...slice, metadata: { ...slice.metadata, labels: sliceLabels(service) } };
}
