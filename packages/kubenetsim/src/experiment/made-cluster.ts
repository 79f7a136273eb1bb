import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import { emptyState } from "@kubenetsim/core/apiserver/empty-state";
import { ObjectTable } from "@kubenetsim/core/apiserver/store/object-table";
import { putObject } from "@kubenetsim/core/apiserver/write-object";
import type { EndpointSlice } from "@kubenetsim/core/model/endpoint-slice";
import type { Endpoints } from "@kubenetsim/core/model/endpoints";
import type { Pod } from "@kubenetsim/core/model/pod";
import type { Service } from "@kubenetsim/core/model/service";
import { addToAddress, formatAddress, type IpAddress } from "@kubenetsim/core/net/address";
import { newNodes } from "../cluster/new-node.ts";
import type { Cell } from "./experiment.ts";
import type { Parameters } from "./parameters.ts";

export const nodeName = "n1";
export const clientKey = "zz/client";
export const servicePort = 53;

const serviceRange = [(10 << 24) | (96 << 16)];
const podRange = [(10 << 24) | (244 << 16)];
/** The address before it is that of the API server's own Service, which is the first of all. */
const firstService = 2;
/** Of an endpoint in the Pod range; the first addresses are the bridge's and the client's. */
const firstEndpoint = 16;

/**
 * One node with the Services of a cell behind default/kubernetes, as the API server and the controllers leave them: names in the order of their numbers,
 * addresses in a row, and the same endpoints behind all of them, so that the packet's way lies within the node.
 */
export function madeCluster({ parameters }: Cell): ClusterState {
  const { services, endpoints } = parameters;
  let state = emptyState();
  for (const node of newNodes([{ name: nodeName, podCIDR: "10.244.0.0/16" }])) state = putObject(state, node).state;
  const numbers = Array.from({ length: services }, (_, i) => i);
  const backends = Array.from({ length: endpoints }, (_, i) => pod(`backend-${i}`, podAddress(i)));
  const { Service, EndpointSlice, Endpoints } = state.tables;
  const tables = {
    ...state.tables,
    Pod: ObjectTable.of([
      pod("client", formatAddress(addToAddress(podRange, firstEndpoint - 1)) as IpAddress),
      ...backends,
    ]),
    Service: Service.putAll(numbers.map(serviceObject)),
    EndpointSlice: EndpointSlice.putAll(numbers.map((i) => sliceObject(i, endpoints))),
    Endpoints: Endpoints.putAll(numbers.map((i) => endpointsObject(i, endpoints))),
  };
  return { ...state, tables };
}

/** The address that a cell's packet is sent to. */
export function targetAddress({ services, position }: Parameters): IpAddress {
  const number = { first: 0, middle: Math.floor((services - 1) / 2), last: services - 1, none: services }[position];
  return serviceAddress(number);
}

function serviceAddress(i: number): IpAddress {
  return formatAddress(addToAddress(serviceRange, i + firstService)) as IpAddress;
}

function podAddress(i: number): IpAddress {
  return formatAddress(addToAddress(podRange, i + firstEndpoint)) as IpAddress;
}

export function serviceName(i: number): string {
  return `service-${String(i).padStart(6, "0")}`;
}

function serviceObject(i: number): Service {
  const clusterIP = serviceAddress(i);
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: serviceName(i), namespace: "default" },
    spec: {
      type: "ClusterIP",
      clusterIP,
      clusterIPs: [clusterIP],
      ipFamilies: ["IPv4"],
      internalTrafficPolicy: "Cluster",
      sessionAffinity: "None",
      ports: [{ port: servicePort, protocol: "UDP", targetPort: servicePort }],
    },
  };
}

export function sliceObject(i: number, endpoints: number): EndpointSlice {
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
    endpoints: Array.from({ length: endpoints }, (_, e) => ({
      addresses: [podAddress(e)],
      conditions: { ready: true, serving: true, terminating: false },
      nodeName,
    })),
  };
}

/** For userspace mode, which watches these. */
function endpointsObject(i: number, endpoints: number): Endpoints {
  const addresses = Array.from({ length: endpoints }, (_, e) => ({ ip: podAddress(e), nodeName }));
  return {
    apiVersion: "v1",
    kind: "Endpoints",
    metadata: { name: serviceName(i), namespace: "default" },
    subsets: addresses.length === 0 ? [] : [{ addresses, ports: [{ port: servicePort, protocol: "UDP" }] }],
  };
}

function pod(name: string, ip: IpAddress): Pod {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "zz" },
    spec: {
      nodeName,
      containers: [{ name: "app", ports: [{ containerPort: servicePort, protocol: "UDP" }] }],
    },
    status: { phase: "Running", podIP: ip, podIPs: [{ ip }] },
  };
}
