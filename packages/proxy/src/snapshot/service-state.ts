import type { EndpointSlice } from "@kubenetsim/core/model/endpoint-slice";
import type { Service } from "@kubenetsim/core/model/service";
import { type Endpoint, endpointsOfSlices, sameEndpoints } from "./endpoint.ts";
import type { ProxyBasis } from "./proxy-basis.ts";
import { type ServicePort, sameServicePort, servicePorts } from "./service-port.ts";

/** A Service as kube-proxy serves it: its ports with their endpoints. */
export interface ServiceState {
  /** `namespace/name`. */
  readonly key: string;
  /** Sorted by name and protocol. */
  readonly ports: readonly ServicePortState[];
  /** Endpoints of all ports, usable or not. */
  readonly endpointCount: number;
  /** What it comes to may differ between nodes of one zone and configuration: it asks which endpoints are local, or for the node's address. */
  readonly isNodeSpecific: boolean;
  /** Some endpoint is meant for a zone, so that what it comes to may differ between zones. */
  readonly isZoneSpecific: boolean;
}

export interface ServicePortState {
  readonly port: ServicePort;
  /** All of them, usable or not, sorted by text. */
  readonly endpoints: readonly Endpoint[];
}

/** The objects of one Service name, and what they come to; `state` is undefined when there is nothing to serve. */
export interface ServiceRecord {
  readonly service: Service | undefined;
  /** Sorted by name. */
  readonly slices: readonly EndpointSlice[];
  readonly state: ServiceState | undefined;
}

const noEndpoints: readonly Endpoint[] = [];

/**
 * The record of these objects; its state, ports and endpoints are the earlier ones where they are equal. Any change of a
 * slice makes a new state, even one that changes no endpoint: kube-proxy writes such a Service anew
 * (pkg/proxy/endpointschangetracker.go, UpdatedServices).
 */
export function mergeRecord(
  before: ServiceRecord | undefined,
  draft: ServiceRecord,
  basis: ProxyBasis,
): ServiceRecord | undefined {
  if (draft.service === undefined && draft.slices.length === 0) return undefined;
  return { service: draft.service, slices: draft.slices, state: mergeState(before, draft, basis) };
}

/**
 * Does kube-proxy sync after this change? Any change of a slice makes it, even of one whose Service is not there; of a
 * Service only what it serves.
 */
export function asksForSync(before: ServiceRecord | undefined, after: ServiceRecord | undefined): boolean {
  return before?.state !== after?.state || !sameSlices(before?.slices ?? [], after?.slices ?? []);
}

function mergeState(
  earlier: ServiceRecord | undefined,
  { service, slices }: ServiceRecord,
  basis: ProxyBasis,
): ServiceState | undefined {
  const ports = service === undefined ? [] : distinctPorts(servicePorts(service, basis));
  if (ports.length === 0) return undefined;
  const before = earlier?.state;
  const endpoints = endpointsOfSlices(slices);
  const states = ports.map((port, i) =>
    mergePort(before?.ports[i], port, endpoints.get(`${port.portName}/${port.protocol}`) ?? noEndpoints),
  );
  const isSame = before?.ports.length === states.length && states.every((state, i) => state === before.ports[i]);
  if (isSame && sameSlices(earlier!.slices, slices)) return before;
  const endpointCount = states.reduce((count, state) => count + state.endpoints.length, 0);
  const isNodeSpecific = states.some(asksForNode);
  const isZoneSpecific = states.some((state) => state.endpoints.some(({ zoneHints }) => zoneHints.length > 0));
  return { key: ports[0]!.service, ports: states, endpointCount, isNodeSpecific, isZoneSpecific };
}

function asksForNode({ port, endpoints }: ServicePortState): boolean {
  const { internalPolicyLocal, externalPolicyLocal, sourceRanges } = port;
  if (internalPolicyLocal || externalPolicyLocal || sourceRanges.length > 0) return true;
  return endpoints.some(({ nodeHints }) => nodeHints.length > 0);
}

function sameSlices(a: readonly EndpointSlice[], b: readonly EndpointSlice[]): boolean {
  return a.length === b.length && a.every((one, i) => one === b[i] || JSON.stringify(one) === JSON.stringify(b[i]));
}

function mergePort(
  before: ServicePortState | undefined,
  port: ServicePort,
  endpoints: readonly Endpoint[],
): ServicePortState {
  if (before === undefined) return { port, endpoints };
  const samePort = sameServicePort(before.port, port);
  const sameList = sameEndpoints(before.endpoints, endpoints);
  if (samePort && sameList) return before;
  return { port: samePort ? before.port : port, endpoints: sameList ? before.endpoints : endpoints };
}

/** kube-proxy keys ports by name and protocol: of two alike the later one counts. */
function distinctPorts(ports: readonly ServicePort[]): ServicePort[] {
  if (ports.length === 1) return [...ports];
  const byKey = new Map(ports.map((port) => [`${port.name}/${port.protocol}`, port]));
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, port]) => port);
}
