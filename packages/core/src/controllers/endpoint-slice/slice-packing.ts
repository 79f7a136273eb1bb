import type { EndpointSlice, SliceEndpoint } from "../../model/endpoint-slice.ts";
import { endpointIdentity, sameEndpointDetails } from "./pod-endpoint.ts";

/** What has to be written. New slices have no name yet. */
export interface SlicePlan {
  create: EndpointSlice[];
  update: EndpointSlice[];
  remove: EndpointSlice[];
}

export interface Packing {
  readonly existing: readonly EndpointSlice[];
  readonly desired: readonly SliceEndpoint[];
  readonly max: number;
  readonly emptySlice: () => EndpointSlice;
  /** The slice with its Service's labels; the same object when they are right already. */
  readonly relabel: (slice: EndpointSlice) => EndpointSlice;
}

/**
 * Puts the endpoints of one port list into slices, moving as few as possible: endpoints stay where they are, slices that
 * change anyway are filled first (the fullest first), what is left goes into the one unchanged slice that it fills best,
 * else into new slices. Nothing is rebalanced (endpointslice reconciler.go, reconcileByPortMapping).
 */
export function packEndpoints(packing: Packing): SlicePlan {
  const missing = new Map(packing.desired.map((endpoint) => [endpointIdentity(endpoint), endpoint]));
  const { unchanged, update, remove } = keepInPlace(packing, missing);
  fillChanging(update, missing, packing.max);
  const create: EndpointSlice[] = [];
  while (missing.size > 0) {
    const roomiest = missing.size < packing.max ? bestFit(unchanged, missing.size, packing.max) : undefined;
    if (roomiest === undefined) {
      create.push(withMore(packing.emptySlice(), missing, packing.max));
    } else {
      unchanged.splice(unchanged.indexOf(roomiest), 1);
      update.push(withMore(roomiest, missing, packing.max));
    }
  }
  return { create, update, remove };
}

/** Keeps, changes or drops each endpoint that stands; takes what was found out of `missing`. */
function keepInPlace(
  packing: Packing,
  missing: Map<string, SliceEndpoint>,
): { unchanged: EndpointSlice[]; update: EndpointSlice[]; remove: EndpointSlice[] } {
  const unchanged: EndpointSlice[] = [];
  const update: EndpointSlice[] = [];
  const remove: EndpointSlice[] = [];
  for (const slice of packing.existing) {
    const { kept, changed } = keptEndpoints(slice.endpoints ?? [], missing);
    if (changed && kept.length === 0) remove.push(slice);
    else if (changed) update.push({ ...packing.relabel(slice), endpoints: kept });
    else if (packing.relabel(slice) !== slice) update.push(packing.relabel(slice));
    else unchanged.push(slice);
  }
  return { unchanged, update, remove };
}

function keptEndpoints(
  endpoints: readonly SliceEndpoint[],
  missing: Map<string, SliceEndpoint>,
): { kept: SliceEndpoint[]; changed: boolean } {
  const kept: SliceEndpoint[] = [];
  let changed = false;
  for (const endpoint of endpoints) {
    const identity = endpointIdentity(endpoint);
    const wanted = missing.get(identity);
    if (wanted === undefined) {
      changed = true;
      continue;
    }
    missing.delete(identity);
    kept.push(wanted);
    if (!sameEndpointDetails(wanted, endpoint)) changed = true;
  }
  return { kept, changed };
}

function fillChanging(update: EndpointSlice[], missing: Map<string, SliceEndpoint>, max: number): void {
  update.sort((a, b) => (b.endpoints?.length ?? 0) - (a.endpoints?.length ?? 0));
  for (let i = 0; i < update.length && missing.size > 0; i++) update[i] = withMore(update[i]!, missing, max);
}

/** The slice with endpoints taken out of `missing` until it is full. */
function withMore(slice: EndpointSlice, missing: Map<string, SliceEndpoint>, max: number): EndpointSlice {
  const endpoints = [...(slice.endpoints ?? [])];
  for (const [identity, endpoint] of missing) {
    if (endpoints.length >= max) break;
    endpoints.push(endpoint);
    missing.delete(identity);
  }
  return { ...slice, endpoints };
}

/** The slice that comes nearest to full with `count` more; one that would stay empty-handed does not count. */
function bestFit(slices: readonly EndpointSlice[], count: number, max: number): EndpointSlice | undefined {
  let best: EndpointSlice | undefined;
  let leastRoom = max;
  for (const slice of slices) {
    const room = max - count - (slice.endpoints?.length ?? 0);
    if (room >= 0 && room < leastRoom) {
      leastRoom = room;
      best = slice;
    }
  }
  return best;
}
