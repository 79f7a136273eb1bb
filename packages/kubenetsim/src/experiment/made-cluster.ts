import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import { ObjectTable } from "@kubenetsim/core/apiserver/store/object-table";
import type { EndpointSlice } from "@kubenetsim/core/model/endpoint-slice";
import type { Endpoints } from "@kubenetsim/core/model/endpoints";
import type { Pod } from "@kubenetsim/core/model/pod";
import type { Service } from "@kubenetsim/core/model/service";
import { addToAddress, formatAddress, type IpAddress } from "@kubenetsim/core/net/address";
import { outsideClient } from "./fresh-site.ts";
import { clusterIPService, type MadeEndpoint, readyEndpoints, readySlice, runningPod } from "./made-objects.ts";
import type { Parameters } from "./parameters.ts";
import type { Site } from "./site.ts";

/** Of addresses of load balancers and external IPs: 198.18.0.0/15, which is for tests of networks. */
const externalRange = [(198 << 24) | (18 << 16)];
const firstExternal = 2;
const firstNodePort = 30_000;
/** Node ports, and so ports for health checks. */
export const mostNodePorts = 2768;

/**
 * A site with the Services of a cell behind its own, as the API server and the controllers leave them: names in the order of their numbers, and
 * the same endpoints behind all of them.
 */
export function madeCluster(parameters: Parameters, site: Site): ClusterState {
  const { services, endpoints, nodes, type, trafficPolicy, sourceRanges } = parameters;
  const key = JSON.stringify([services, endpoints, nodes, type, trafficPolicy, sourceRanges]);
  if (lastMade?.key !== key || lastMade.site !== site) {
    // The one before is let go first: two large ones need not be there at once.
    lastMade = undefined;
    lastMade = { key, site, state: makeCluster(parameters, site) };
  }
  return lastMade.state;
}

/** Cells that differ in what is sent alone follow each other. */
let lastMade: { readonly key: string; readonly site: Site; readonly state: ClusterState } | undefined;

function makeCluster(parameters: Parameters, site: Site): ClusterState {
  const { services, endpoints } = parameters;
  const numbers = Array.from({ length: services }, (_, i) => i);
  const backends = endpointsOf(site, endpoints).map((endpoint, i) => pod(site, `backend-${i}`, endpoint));
  const { Service, EndpointSlice, Endpoints } = site.state.tables;
  const tables = {
    ...site.state.tables,
    Pod: ObjectTable.of([pod(site, "client", site.client), ...backends]),
    Service: Service.putAll(numbers.map((i) => serviceObject(i, parameters, site))),
    EndpointSlice: EndpointSlice.putAll(numbers.map((i) => sliceObject(i, endpoints, site))),
    Endpoints: Endpoints.putAll(numbers.map((i) => endpointsObject(i, endpoints, site))),
  };
  return { ...site.state, tables };
}

export function clientKey({ podNamespace }: Site): string {
  return `${podNamespace}/client`;
}

export function lastNode({ nodes }: Parameters): string {
  return `n${nodes}`;
}

/** Where a cell's packet is sent. */
export function targetOf(
  parameters: Parameters,
  site: Site,
): {
  readonly destination: IpAddress;
  readonly destinationPort: number;
} {
  const { services, position, type } = parameters;
  const number = { first: 0, middle: Math.floor((services - 1) / 2), last: services - 1, none: services }[position];
  if (type === "NodePort") return { destination: site.nodeAddress, destinationPort: firstNodePort + number };
  const destination = type === "ClusterIP" ? site.serviceAddress(number) : externalAddress(number);
  return { destination, destinationPort: site.port.port };
}

function externalAddress(i: number): IpAddress {
  return formatAddress(addToAddress(externalRange, i + firstExternal)) as IpAddress;
}

export function serviceKey(i: number, site: Site): `${string}/${string}` {
  return `${site.serviceNamespace}/${serviceName(i)}`;
}

function serviceName(i: number): string {
  return `service-${String(i).padStart(6, "0")}`;
}

export function serviceObject(i: number, parameters: Parameters, site: Site): Service {
  const { type, trafficPolicy } = parameters;
  const made = clusterIPService({ ...namesOf(i, site), address: site.serviceAddress(i) });
  if (type === "ClusterIP") return { ...made, spec: { ...made.spec, internalTrafficPolicy: trafficPolicy } };
  const spec = { ...made.spec, externalTrafficPolicy: trafficPolicy };
  if (type === "ExternalIP") return { ...made, spec: { ...spec, externalIPs: [externalAddress(i)] } };
  if (type === "NodePort") {
    const ports = made.spec.ports!.map((port) => ({ ...port, nodePort: firstNodePort + i }));
    return { ...made, spec: { ...spec, type, ports } };
  }
  const ingress = [{ ip: externalAddress(i), ipMode: "VIP" as const }];
  return { ...made, spec: { ...spec, type, ...balancedSpec(i, parameters) }, status: { loadBalancer: { ingress } } };
}

function namesOf(i: number, { serviceNamespace, port }: Site) {
  return { namespace: serviceNamespace, name: serviceName(i), ...port };
}

/** Its load balancer hands packets on as they are: there are more Services than node ports. */
function balancedSpec(i: number, { trafficPolicy, sourceRanges }: Parameters): Partial<Service["spec"]> {
  return {
    allocateLoadBalancerNodePorts: false,
    ...(trafficPolicy === "Local" ? { healthCheckNodePort: firstNodePort + i } : {}),
    ...(sourceRanges === 0 ? {} : { loadBalancerSourceRanges: rangesOf(sourceRanges) }),
  };
}

/** The last one is the host's outside. */
function rangesOf(count: number): string[] {
  const others = Array.from(
    { length: count - 1 },
    (_, i) => `${formatAddress([(100 << 24) | (64 << 16) | (i << 8)])}/24`,
  );
  return [...others, `${outsideClient.addresses[0]}/32`];
}

export function sliceObject(i: number, endpoints: number, site: Site): EndpointSlice {
  return readySlice(namesOf(i, site), endpointsOf(site, endpoints));
}

export function endpointsObject(i: number, endpoints: number, site: Site): Endpoints {
  return readyEndpoints(namesOf(i, site), endpointsOf(site, endpoints));
}

function endpointsOf(site: Site, endpoints: number): MadeEndpoint[] {
  return Array.from({ length: endpoints }, (_, e) => site.endpoint(e));
}

function pod({ podNamespace, port }: Site, name: string, endpoint: MadeEndpoint): Pod {
  return runningPod({ namespace: podNamespace, name, ...port }, endpoint);
}
