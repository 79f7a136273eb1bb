import type { EndpointSlice } from "@kubenetsim/core/model/endpoint-slice";
import type { Endpoints } from "@kubenetsim/core/model/endpoints";
import type { Pod } from "@kubenetsim/core/model/pod";
import type { Service } from "@kubenetsim/core/model/service";
import { familyOf, type IpAddress } from "@kubenetsim/core/net/address";

/** A ClusterIP Service with one port, as the API server and the controllers leave it. */
export interface MadeService {
  readonly namespace: string;
  readonly name: string;
  readonly address: IpAddress;
  readonly protocol: "TCP" | "UDP";
  readonly port: number;
  readonly targetPort: number;
}

export interface MadeEndpoint {
  readonly address: IpAddress;
  readonly node: string;
}

export function clusterIPService({ namespace, name, address, protocol, port, targetPort }: MadeService): Service {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, namespace },
    spec: {
      type: "ClusterIP",
      clusterIP: address,
      clusterIPs: [address],
      ipFamilies: [familyOf(address)],
      internalTrafficPolicy: "Cluster",
      sessionAffinity: "None",
      ports: [{ port, protocol, targetPort }],
    },
  };
}

/** @param endpoints all of one family */
export function readySlice(
  { namespace, name, protocol, targetPort }: Omit<MadeService, "address" | "port">,
  endpoints: readonly MadeEndpoint[],
): EndpointSlice {
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { name, namespace, labels: { "kubernetes.io/service-name": name } },
    addressType: endpoints[0] === undefined ? "IPv4" : familyOf(endpoints[0].address),
    ports: [{ name: "", port: targetPort, protocol }],
    endpoints: endpoints.map(({ address, node }) => ({
      addresses: [address],
      conditions: { ready: true, serving: true, terminating: false },
      nodeName: node,
    })),
  };
}

/** For userspace mode, which watches these. */
export function readyEndpoints(
  { namespace, name, protocol, targetPort }: Omit<MadeService, "address" | "port">,
  endpoints: readonly MadeEndpoint[],
): Endpoints {
  const addresses = endpoints.map(({ address, node }) => ({ ip: address, nodeName: node }));
  return {
    apiVersion: "v1",
    kind: "Endpoints",
    metadata: { name, namespace },
    subsets: addresses.length === 0 ? [] : [{ addresses, ports: [{ port: targetPort, protocol }] }],
  };
}

/** A Pod that listens on one port. */
export function runningPod(
  { namespace, name, protocol, targetPort }: Omit<MadeService, "address" | "port">,
  { address, node }: MadeEndpoint,
): Pod {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace },
    spec: { nodeName: node, containers: [{ name: "app", ports: [{ containerPort: targetPort, protocol }] }] },
    status: { phase: "Running", podIP: address, podIPs: [{ ip: address }] },
  };
}
