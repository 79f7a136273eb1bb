import type { EndpointSlice, SliceEndpoint } from "../../model/endpoint-slice.ts";
import type { Node } from "../../model/node.ts";
import type { SlicePlan } from "./slice-packing.ts";
import { withEndpoints, withTrafficHints } from "./traffic-hints.ts";

/** Of all allocatable CPU, the share of each zone. */
export type ZoneShares = ReadonlyMap<string, number>;

/** How far a zone's endpoints may be loaded above the average. */
const overloadThreshold = 0.2;

interface Allocation {
  readonly maximum: number;
  readonly desired: number;
}

/**
 * The shares of the zones, or undefined when the controller gives no hints: a node without zone or CPU, or fewer than
 * two zones. Control plane nodes and those that are not ready do not count (endpointslice topologycache).
 */
export function zoneShares(nodes: Iterable<Node>): ZoneShares | undefined {
  const cpuByZone = new Map<string, number>();
  let total = 0;
  for (const node of nodes) {
    if (isControlPlane(node) || !isReady(node)) continue;
    const cpu = milliCpu(node.status?.allocatable?.cpu);
    const zone = node.metadata.labels?.["topology.kubernetes.io/zone"] ?? "";
    if (zone === "" || cpu === 0) return undefined;
    cpuByZone.set(zone, (cpuByZone.get(zone) ?? 0) + cpu);
    total += cpu;
  }
  if (cpuByZone.size < 2) return undefined;
  return new Map([...cpuByZone].sort(byName).map(([zone, cpu]) => [zone, cpu / total]));
}

/**
 * The plan with the hints of the annotation `topology-mode: Auto`: each zone gets endpoints in proportion to its CPU,
 * its own first. Without enough nodes, zones or endpoints all hints go. Where the real controller goes through a map in
 * random order, zones come in the order of their names here.
 */
export function withTopologyHints(
  plan: SlicePlan,
  unchanged: readonly EndpointSlice[],
  shares: ZoneShares | undefined,
): SlicePlan {
  const ready = [...plan.create, ...plan.update, ...unchanged].flatMap((slice) => (slice.endpoints ?? []).filter(isUp));
  const allocations = shares === undefined ? undefined : allocate(shares, ready.length);
  if (allocations === undefined || ready.some((endpoint) => (endpoint.zone ?? "") === "")) {
    return withTrafficHints(plan, unchanged, undefined);
  }
  const hintsByZone = new Map<string, number>();
  const update = [...plan.update, ...unchanged.filter((slice) => !countHints(slice, hintsByZone, allocations))];
  const toOwnZone = (endpoint: SliceEndpoint): SliceEndpoint => {
    if (!isUp(endpoint)) return endpoint;
    addTo(hintsByZone, endpoint.zone!, 1);
    return { ...endpoint, hints: { forZones: [{ name: endpoint.zone! }] } };
  };
  const own = {
    create: plan.create.map((s) => withEndpoints(s, toOwnZone)),
    update: update.map((s) => withEndpoints(s, toOwnZone)),
  };
  const { giving, receiving } = balance(allocations, hintsByZone);
  const redistribute = (slice: EndpointSlice): EndpointSlice =>
    withEndpoints(slice, (endpoint) => (isUp(endpoint) ? passOn(endpoint, giving, receiving) : endpoint));
  return { create: own.create.map(redistribute), update: own.update.map(redistribute), remove: plan.remove };
}

function allocate(shares: ZoneShares, endpoints: number): Map<string, Allocation> | undefined {
  if (shares.size > endpoints) return undefined;
  const minimums = new Map<string, number>();
  let spare = endpoints;
  for (const [zone, share] of shares) {
    const minimum = Math.ceil(share * endpoints * (1 / (1 + overloadThreshold)));
    minimums.set(zone, minimum);
    spare -= minimum;
    if (spare < 0) return undefined;
  }
  const allocations = new Map<string, Allocation>();
  for (const [zone, minimum] of minimums) {
    allocations.set(zone, { maximum: minimum + spare, desired: Math.max(shares.get(zone)! * endpoints, minimum) });
  }
  return allocations;
}

/** Adds a slice's hints to the sum and says true; or says false when they do not fit the allocations. */
function countHints(slice: EndpointSlice, sum: Map<string, number>, allocations: Map<string, Allocation>): boolean {
  const own = new Map<string, number>();
  for (const endpoint of (slice.endpoints ?? []).filter(isUp)) {
    const zones = endpoint.hints?.forZones ?? [];
    if (zones.length === 0 || zones.some(({ name }) => !allocations.has(name))) return false;
    for (const { name } of zones) addTo(own, name, 1);
  }
  for (const [zone, count] of own) {
    if (count + (sum.get(zone) ?? 0) > allocations.get(zone)!.maximum) return false;
  }
  for (const [zone, count] of own) addTo(sum, zone, count);
  return true;
}

/** How many endpoints each zone should give away or get, as whole numbers. */
function balance(
  allocations: Map<string, Allocation>,
  hintsByZone: Map<string, number>,
): { giving: Map<string, number>; receiving: Map<string, number> } {
  const surplus = new Map<string, number>();
  const lack = new Map<string, number>();
  for (const [zone, { desired }] of allocations) {
    const difference = (hintsByZone.get(zone) ?? 0) - desired;
    if (difference > 0) surplus.set(zone, difference);
    else if (difference < 0) lack.set(zone, -difference);
  }
  const giving = new Map<string, number>();
  const receiving = new Map<string, number>();
  for (;;) {
    const [from, give] = most(surplus);
    const [to, get] = most(lack);
    if (from === "" || to === "" || (give < 1 && get < 1) || give < 0.5 || get < 0.5) return { giving, receiving };
    addTo(giving, from, 1);
    addTo(surplus, from, -1);
    addTo(receiving, to, 1);
    addTo(lack, to, -1);
  }
}

function passOn(endpoint: SliceEndpoint, giving: Map<string, number>, receiving: Map<string, number>): SliceEndpoint {
  if ((giving.get(endpoint.zone!) ?? 0) <= 0) return endpoint;
  for (const [zone, count] of receiving) {
    if (count <= 0) continue;
    addTo(giving, endpoint.zone!, -1);
    addTo(receiving, zone, -1);
    return { ...endpoint, hints: { forZones: [{ name: zone }] } };
  }
  return endpoint;
}

function most(zones: Map<string, number>): [string, number] {
  let best: [string, number] = ["", 0];
  for (const entry of zones) if (entry[1] > best[1]) best = entry;
  return best;
}

function addTo(sums: Map<string, number>, key: string, amount: number): void {
  sums.set(key, (sums.get(key) ?? 0) + amount);
}

function isUp(endpoint: SliceEndpoint): boolean {
  return endpoint.conditions?.ready === true;
}

function isControlPlane(node: Node): boolean {
  const labels = node.metadata.labels ?? {};
  return "node-role.kubernetes.io/control-plane" in labels || "node-role.kubernetes.io/master" in labels;
}

function isReady(node: Node): boolean {
  return node.status?.conditions?.find((condition) => condition.type === "Ready")?.status === "True";
}

/** A CPU quantity in thousandths: `2` is 2000, `500m` is 500. */
function milliCpu(quantity: string | number | undefined): number {
  const match = /^([0-9.]+)(m?)$/.exec(String(quantity ?? "0"));
  return match === null ? 0 : Math.ceil(Number(match[1]) * (match[2] === "m" ? 1 : 1000));
}

function byName(a: readonly [string, number], b: readonly [string, number]): number {
  return a[0] < b[0] ? -1 : 1;
}
