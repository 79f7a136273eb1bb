import type { ObjectKey } from "../../model/api-object.ts";
import type { EndpointSlice } from "../../model/endpoint-slice.ts";
import type { Service } from "../../model/service.ts";
import { hasSelector } from "../cluster-index.ts";
import type { ControlLoop } from "../control-loop.ts";
import { generatedName } from "../generated-name.ts";
import { isOwnedBy } from "../ownership.ts";
import { selectedPods } from "../selected-pods.ts";
import { controllerName, managedByLabel } from "./slice-labels.ts";
import type { SlicePlan } from "./slice-packing.ts";
import { planSlices } from "./slice-plan.ts";
import { zoneShares } from "./topology-hints.ts";
import { triggerTime, triggerTimeAnnotation } from "./trigger-time.ts";

/** Makes the slices of a Service say what its Pods are. A Service without selector keeps the slices that it has. */
export function syncEndpointSlices(loop: ControlLoop, key: ObjectKey): void {
  const service = loop.state.tables.Service.get(key);
  if (service === undefined || !hasSelector(service)) return;
  const pods = selectedPods(loop, service);
  if (pods.length === 0 && isKnownBySlicesOnly(loop, key)) return;
  const existing = managedSlices(loop, key);
  const plan = planSlices({
    service,
    pods,
    existing,
    nodeNamed: (name) => loop.state.tables.Node.get(name),
    zoneShares: () => zoneShares(loop.state.tables.Node.values()),
    maxEndpointsPerSlice: loop.settings.maxEndpointsPerSlice,
  });
  write(loop, service, plan, existing.length > 0);
}

/** What the garbage collector takes with a Service. */
export function removeSlicesOf(loop: ControlLoop, service: Service, key: ObjectKey): void {
  for (const slice of slicesOf(loop, key)) {
    if (isOwnedBy(slice, service)) loop.remove("EndpointSlice", slice);
  }
}

function managedSlices(loop: ControlLoop, key: ObjectKey): readonly EndpointSlice[] {
  return slicesOf(loop, key).filter((slice) => slice.metadata.labels?.[managedByLabel] === controllerName);
}

function slicesOf(loop: ControlLoop, key: ObjectKey): readonly EndpointSlice[] {
  return [...loop.index.slicesByService.members(key)]
    .sort()
    .map((slice) => loop.state.tables.EndpointSlice.get(slice)!);
}

/**
 * Slices that a dump brought without the Pods behind them: they are all that is known of the endpoints and stay. As soon
 * as one of the Pods is there, or was there, the controllers take over.
 */
export function isKnownBySlicesOnly(loop: ControlLoop, key: ObjectKey): boolean {
  const endpoints = managedSlices(loop, key).flatMap((slice) => slice.endpoints ?? []);
  return (
    !loop.bereaved.has(key) &&
    endpoints.length > 0 &&
    endpoints.every(({ targetRef }) => !loop.state.tables.Pod.has(`${targetRef?.namespace}/${targetRef?.name}`))
  );
}

function write(loop: ControlLoop, service: Service, plan: SlicePlan, isKnown: boolean): void {
  if (plan.create.length > 0) create(loop, service, plan.create, triggerTime(loop, service, plan, isKnown));
  for (const slice of plan.update) loop.put(stamped(slice, triggerTime(loop, service, plan, isKnown)));
  for (const slice of plan.remove) loop.remove("EndpointSlice", slice);
}

function create(loop: ControlLoop, service: Service, slices: readonly EndpointSlice[], time: string | undefined): void {
  const { name, namespace, deletionTimestamp } = service.metadata;
  if (deletionTimestamp !== undefined) return;
  const random = loop.context.random.fork(`endpointslice/${namespace}/${name}/${loop.state.revision}`);
  const isTaken = (taken: string): boolean => loop.state.tables.EndpointSlice.has(`${namespace}/${taken}`);
  for (const slice of slices) {
    const name = generatedName(slice.metadata.generateName!, random, isTaken);
    loop.put(stamped({ ...slice, metadata: { ...slice.metadata, name } }, time));
  }
}

function stamped(slice: EndpointSlice, time: string | undefined): EndpointSlice {
  const { [triggerTimeAnnotation]: _, ...others } = slice.metadata.annotations ?? {};
  const annotations = time === undefined ? others : { ...others, [triggerTimeAnnotation]: time };
  const { annotations: __, ...metadata } = slice.metadata;
  return { ...slice, metadata: Object.keys(annotations).length === 0 ? metadata : { ...metadata, annotations } };
}
