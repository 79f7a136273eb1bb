import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import { emptyState } from "@kubenetsim/core/apiserver/empty-state";
import { ObjectTable } from "@kubenetsim/core/apiserver/store/object-table";
import { putObject } from "@kubenetsim/core/apiserver/write-object";
import type { EndpointSlice } from "@kubenetsim/core/model/endpoint-slice";
import type { Endpoints } from "@kubenetsim/core/model/endpoints";
import type { Pod } from "@kubenetsim/core/model/pod";
import type { Service } from "@kubenetsim/core/model/service";
import { addToAddress, formatAddress, type IpAddress } from "@kubenetsim/core/net/address";
import type { OutsideClient } from "@kubenetsim/network/topology/input";
import type { NewNode } from "../cluster/cluster-options.ts";
import { newNodes } from "../cluster/new-node.ts";
import type { Cell } from "./experiment.ts";
import { clusterIPService, type MadeEndpoint, readyEndpoints, readySlice, runningPod } from "./made-objects.ts";
import type { Parameters } from "./parameters.ts";

/** Where the packet comes to or starts; its address, and the others' after it. */
export const nodeName = "n1";
const nodeAddress = "192.168.10.11" as IpAddress;
export const clientKey = "zz/client";
export const outsideClient: OutsideClient = {
  name: "outside",
  addresses: ["198.51.100.9" as IpAddress],
  via: nodeName,
};
export const servicePort = 53;

const serviceRange = [(10 << 24) | (96 << 16)];
const podRange = [(10 << 24) | (244 << 16)];
/** Of addresses of load balancers and external IPs: 198.18.0.0/15, which is for tests of networks. */
const externalRange = [(198 << 24) | (18 << 16)];
/** The address before it is that of the API server's own Service, which is the first of all. */
const firstService = 2;
/** Of an endpoint in the Pod range; the first addresses are the bridge's and the client's. */
const firstEndpoint = 16;
const firstNodePort = 30_000;
/** Node ports, and so ports for health checks. */
export const mostNodePorts = 2768;
/** Each node has a part of the Pod range: with one it is all of it. */
export const mostNodes = 16;
const addressesOfNode = 2 ** 12;
export const mostEndpointsOfNode: number = addressesOfNode - 2 * firstEndpoint;

/**
 * Nodes with the Services of a cell behind default/kubernetes, as the API server and the controllers leave them: names in the order of their numbers,
 * addresses in a row, and the same endpoints behind all of them.
 */
export function madeCluster({ parameters }: Cell): ClusterState {
  const { services, endpoints, nodes, type, trafficPolicy, sourceRanges } = parameters;
  const key = JSON.stringify([services, endpoints, nodes, type, trafficPolicy, sourceRanges]);
  if (lastMade?.key !== key) {
    // The one before is let go first: two large ones need not be there at once.
    lastMade = undefined;
    lastMade = { key, state: makeCluster(parameters) };
  }
  return lastMade.state;
}

/** Cells that differ in what is sent alone follow each other. */
let lastMade: { readonly key: string; readonly state: ClusterState } | undefined;

function makeCluster(parameters: Parameters): ClusterState {
  const { services, endpoints, nodes } = parameters;
  let state = emptyState();
  for (const node of newNodes(Array.from({ length: nodes }, (_, i) => newNode(i, nodes)))) {
    state = putObject(state, node).state;
  }
  const numbers = Array.from({ length: services }, (_, i) => i);
  const backends = placesOf(endpoints, nodes).map((endpoint, i) => pod(`backend-${i}`, endpoint));
  const client = { address: formatAddress(addToAddress(podRange, firstEndpoint - 1)) as IpAddress, node: nodeName };
  const { Service, EndpointSlice, Endpoints } = state.tables;
  const tables = {
    ...state.tables,
    Pod: ObjectTable.of([pod("client", client), ...backends]),
    Service: Service.putAll(numbers.map((i) => serviceObject(i, parameters))),
    EndpointSlice: EndpointSlice.putAll(numbers.map((i) => sliceObject(i, endpoints, nodes))),
    Endpoints: Endpoints.putAll(numbers.map((i) => endpointsObject(i, endpoints, nodes))),
  };
  return { ...state, tables };
}

function newNode(i: number, nodes: number): NewNode {
  const range = formatAddress(addToAddress(podRange, i * addressesOfNode));
  return { name: `n${i + 1}`, podCIDR: nodes === 1 ? `${range}/16` : `${range}/20` };
}

export function lastNode({ nodes }: Parameters): string {
  return `n${nodes}`;
}

/** Where a cell's packet is sent. */
export function targetOf(parameters: Parameters): {
  readonly destination: IpAddress;
  readonly destinationPort: number;
} {
  const { services, position, type } = parameters;
  const number = { first: 0, middle: Math.floor((services - 1) / 2), last: services - 1, none: services }[position];
  if (type === "NodePort") return { destination: nodeAddress, destinationPort: firstNodePort + number };
  const destination = type === "ClusterIP" ? serviceAddress(number) : externalAddress(number);
  return { destination, destinationPort: servicePort };
}

function serviceAddress(i: number): IpAddress {
  return formatAddress(addToAddress(serviceRange, i + firstService)) as IpAddress;
}

function externalAddress(i: number): IpAddress {
  return formatAddress(addToAddress(externalRange, i + firstService)) as IpAddress;
}

/** Endpoints take turns on the nodes, beginning with the last. */
function place(endpoint: number, nodes: number): MadeEndpoint {
  const node = nodes - 1 - (endpoint % nodes);
  const offset = node * addressesOfNode + firstEndpoint + Math.floor(endpoint / nodes);
  return { address: formatAddress(addToAddress(podRange, offset)) as IpAddress, node: `n${node + 1}` };
}

export function serviceName(i: number): string {
  return `service-${String(i).padStart(6, "0")}`;
}

export function serviceObject(i: number, parameters: Parameters): Service {
  const { type, trafficPolicy } = parameters;
  const made = clusterIPService({ ...namesOf(i), address: serviceAddress(i), port: servicePort });
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

function namesOf(i: number) {
  return { namespace: "default", name: serviceName(i), protocol: "UDP", targetPort: servicePort } as const;
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

export function sliceObject(i: number, endpoints: number, nodes: number): EndpointSlice {
  return readySlice(namesOf(i), placesOf(endpoints, nodes));
}

export function endpointsObject(i: number, endpoints: number, nodes: number): Endpoints {
  return readyEndpoints(namesOf(i), placesOf(endpoints, nodes));
}

function placesOf(endpoints: number, nodes: number): MadeEndpoint[] {
  return Array.from({ length: endpoints }, (_, e) => place(e, nodes));
}

function pod(name: string, endpoint: MadeEndpoint): Pod {
  return runningPod({ namespace: "zz", name, protocol: "UDP", targetPort: servicePort }, endpoint);
}
