import type { ObjectKey } from "../../model/api-object.ts";
import type { EndpointSlice } from "../../model/endpoint-slice.ts";
import type { Endpoints } from "../../model/endpoints.ts";
import type { ControlLoop } from "../control-loop.ts";
import { managedByLabel } from "../endpoint-slice/slice-labels.ts";
import { generatedName } from "../generated-name.ts";
import { sameJson } from "../same-json.ts";
import { keyOfSlice, type MirroredSlice, mirroredSlices, mirroringControllerName } from "./mirrored-slices.ts";

const skipLabel = "endpointslice.kubernetes.io/skip-mirror";
const leaderAnnotation = "control-plane.alpha.kubernetes.io/leader";

/**
 * Keeps EndpointSlices that say what somebody wrote into the Endpoints of a Service without selector; takes them away when
 * there is nothing to mirror (pkg/controller/endpointslicemirroring). kube-proxy reads slices only.
 */
export function syncMirroredSlices(loop: ControlLoop, key: ObjectKey): void {
  const endpoints = loop.state.tables.Endpoints.get(key);
  const existing = ownSlices(loop, key);
  const wanted = endpoints !== undefined && isMirrored(loop, key, endpoints) ? mirroredSlices(endpoints) : [];
  const { create, update, remove } = plan(wanted, existing);
  for (const slice of create) loop.put(named(loop, key, slice));
  for (const slice of update) loop.put(slice);
  for (const slice of remove) loop.remove("EndpointSlice", slice);
}

function ownSlices(loop: ControlLoop, key: ObjectKey): EndpointSlice[] {
  return [...loop.index.slicesByService.members(key)]
    .sort()
    .map((slice) => loop.state.tables.EndpointSlice.get(slice)!)
    .filter(({ metadata }) => metadata.labels?.[managedByLabel] === mirroringControllerName);
}

function isMirrored(loop: ControlLoop, key: ObjectKey, { metadata }: Endpoints): boolean {
  if (metadata.labels?.[skipLabel] === "true" || metadata.annotations?.[leaderAnnotation] !== undefined) return false;
  const service = loop.state.tables.Service.get(key);
  return service !== undefined && Object.keys(service.spec.selector ?? {}).length === 0;
}

interface Plan {
  readonly create: readonly EndpointSlice[];
  readonly update: readonly EndpointSlice[];
  readonly remove: readonly EndpointSlice[];
}

/** One slice for each key stays; what would be created takes the place of what would be deleted (recycleSlices). */
function plan(wanted: readonly MirroredSlice[], existing: readonly EndpointSlice[]): Plan {
  const left = [...existing];
  const update: EndpointSlice[] = [];
  const missing: EndpointSlice[] = [];
  for (const { key, slice } of wanted) {
    const at = left.findIndex((one) => keyOfSlice(one) === key);
    const [before] = at < 0 ? [] : left.splice(at, 1);
    if (before === undefined) missing.push(slice);
    else if (!says(before, slice)) update.push(inPlaceOf(before, slice));
  }
  const recycled = missing.splice(0, left.length).map((slice) => inPlaceOf(left.shift()!, slice));
  return { create: missing, update: [...update, ...recycled], remove: left };
}

function says(before: EndpointSlice, wanted: EndpointSlice): boolean {
  return (
    sameJson(before.endpoints ?? [], wanted.endpoints ?? []) &&
    sameJson(before.metadata.labels, wanted.metadata.labels) &&
    sameJson(before.metadata.annotations ?? {}, wanted.metadata.annotations ?? {})
  );
}

function inPlaceOf(before: EndpointSlice, slice: EndpointSlice): EndpointSlice {
  const { annotations: _, ...kept } = before.metadata;
  const { name: __, generateName: ___, ...given } = slice.metadata;
  return { ...slice, metadata: { ...kept, ...given } };
}

function named(loop: ControlLoop, key: ObjectKey, slice: EndpointSlice): EndpointSlice {
  const { namespace = "" } = slice.metadata;
  const random = loop.context.random.fork(`endpointslicemirroring/${key}/${loop.state.revision}`);
  const isTaken = (taken: string): boolean => loop.state.tables.EndpointSlice.has(`${namespace}/${taken}`);
  const name = generatedName(slice.metadata.generateName!, random, isTaken);
  return { ...slice, metadata: { ...slice.metadata, name } };
}
