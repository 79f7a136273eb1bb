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
  const backends = Array.from({ length: endpoints }, (_, i) => {
    const { address, node } = place(i, nodes);
    return pod(`backend-${i}`, address, node);
  });
  const { Service, EndpointSlice, Endpoints } = state.tables;
  const tables = {
    ...state.tables,
    Pod: ObjectTable.of([
      pod("client", formatAddress(addToAddress(podRange, firstEndpoint - 1)) as IpAddress, nodeName),
      ...backends,
    ]),
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
function place(endpoint: number, nodes: number): { readonly address: IpAddress; readonly node: string } {
  const node = nodes - 1 - (endpoint % nodes);
  const offset = node * addressesOfNode + firstEndpoint + Math.floor(endpoint / nodes);
  return { address: formatAddress(addToAddress(podRange, offset)) as IpAddress, node: `n${node + 1}` };
}

export function serviceName(i: number): string {
  return `service-${String(i).padStart(6, "0")}`;
}

export function serviceObject(i: number, parameters: Parameters): Service {
  const clusterIP = serviceAddress(i);
  const { type, trafficPolicy } = parameters;
  const isInternal = type === "ClusterIP";
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: serviceName(i), namespace: "default" },
    spec: {
      type: type === "ExternalIP" ? "ClusterIP" : type,
      clusterIP,
      clusterIPs: [clusterIP],
      ipFamilies: ["IPv4"],
      internalTrafficPolicy: isInternal ? trafficPolicy : "Cluster",
      ...(isInternal ? {} : { externalTrafficPolicy: trafficPolicy }),
      sessionAffinity: "None",
      ports: [
        {
          port: servicePort,
          protocol: "UDP",
          targetPort: servicePort,
          ...(type === "NodePort" ? { nodePort: firstNodePort + i } : {}),
        },
      ],
      ...(type === "ExternalIP" ? { externalIPs: [externalAddress(i)] } : {}),
      ...(type === "LoadBalancer" ? balancedSpec(i, parameters) : {}),
    },
    ...(type === "LoadBalancer" ? { status: { loadBalancer: { ingress: [balancedAddress(i)] } } } : {}),
  };
}

/** Its load balancer hands packets on as they are: there are more Services than node ports. */
function balancedSpec(i: number, { trafficPolicy, sourceRanges }: Parameters): Partial<Service["spec"]> {
  return {
    allocateLoadBalancerNodePorts: false,
    ...(trafficPolicy === "Local" ? { healthCheckNodePort: firstNodePort + i } : {}),
    ...(sourceRanges === 0 ? {} : { loadBalancerSourceRanges: rangesOf(sourceRanges) }),
  };
}

function balancedAddress(i: number) {
  return { ip: externalAddress(i), ipMode: "VIP" as const };
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
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: {
      name: serviceName(i),
      namespace: "default",
      labels: { "kubernetes.io/service-name": serviceName(i) },
    },
    addressType: "IPv4",
    ports: [{ name: "", port: servicePort, protocol: "UDP" }],
    endpoints: Array.from({ length: endpoints }, (_, e) => {
      const { address, node } = place(e, nodes);
      return {
        addresses: [address],
        conditions: { ready: true, serving: true, terminating: false },
        nodeName: node,
      };
    }),
  };
}

/** For userspace mode, which watches these. */
export function endpointsObject(i: number, endpoints: number, nodes: number): Endpoints {
  const addresses = Array.from({ length: endpoints }, (_, e) => {
    const { address, node } = place(e, nodes);
    return { ip: address, nodeName: node };
  });
  return {
    apiVersion: "v1",
    kind: "Endpoints",
    metadata: { name: serviceName(i), namespace: "default" },
    subsets: addresses.length === 0 ? [] : [{ addresses, ports: [{ port: servicePort, protocol: "UDP" }] }],
  };
}

function pod(name: string, ip: IpAddress, node: string): Pod {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "zz" },
    spec: {
      nodeName: node,
      containers: [{ name: "app", ports: [{ containerPort: servicePort, protocol: "UDP" }] }],
    },
    status: { phase: "Running", podIP: ip, podIPs: [{ ip }] },
  };
}
