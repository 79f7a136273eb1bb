import { emptyState } from "@kubenetsim/core/apiserver/empty-state";
import { putObject } from "@kubenetsim/core/apiserver/write-object";
import { addToAddress, formatAddress, type IpAddress } from "@kubenetsim/core/net/address";
import type { OutsideClient } from "@kubenetsim/network/topology/input";
import { defaultKubeProxyConfig, type KubeProxyConfig } from "@kubenetsim/proxy/config/kube-proxy-config";
import type { NewNode } from "../cluster/cluster-options.ts";
import { newNodes } from "../cluster/new-node.ts";
import type { MadeEndpoint } from "./made-objects.ts";
import type { Parameters } from "./parameters.ts";
import type { Site } from "./site.ts";

const firstNode = "n1";
/** The others' follow it. */
const nodeAddress = "192.168.10.11" as IpAddress;
export const outsideClient: OutsideClient = {
  name: "outside",
  addresses: ["198.51.100.9" as IpAddress],
  via: firstNode,
};

const serviceRange = [(10 << 24) | (96 << 16)];
const podRange = [(10 << 24) | (244 << 16)];
/** The address before it is that of the API server's own Service, which is the first of all. */
const firstService = 2;
/** Of an endpoint in the Pod range; the first addresses are the bridge's and the client's. */
const firstEndpoint = 16;
/** Each node has a part of the Pod range: with one it is all of it. */
export const mostNodes = 16;
const addressesOfNode = 2 ** 12;
export const mostEndpointsOfNode: number = addressesOfNode - 2 * firstEndpoint;

/** A cluster of so many nodes with nothing but `default/kubernetes`. */
export function freshSite({ nodes }: Pick<Parameters, "nodes">): Site {
  freshSites[nodes] ??= makeSite(nodes);
  return freshSites[nodes];
}

/** By their number of nodes. */
const freshSites: Site[] = [];

function makeSite(nodes: number): Site {
  let state = emptyState();
  for (const node of newNodes(Array.from({ length: nodes }, (_, i) => newNode(i, nodes)))) {
    state = putObject(state, node).state;
  }
  return {
    state,
    serviceNamespace: "default",
    podNamespace: "zz",
    port: { protocol: "UDP", port: 53, targetPort: 53 },
    client: { address: formatAddress(addToAddress(podRange, firstEndpoint - 1)) as IpAddress, node: firstNode },
    nodeAddress,
    clients: [outsideClient],
    configOf,
    serviceAddress: (service) => formatAddress(addToAddress(serviceRange, service + firstService)) as IpAddress,
    endpoint: (endpoint) => place(endpoint, nodes),
  };
}

function newNode(i: number, nodes: number): NewNode {
  const range = formatAddress(addToAddress(podRange, i * addressesOfNode));
  return { name: `n${i + 1}`, podCIDR: nodes === 1 ? `${range}/16` : `${range}/20` };
}

/** Endpoints take turns on the nodes, beginning with the last. */
function place(endpoint: number, nodes: number): MadeEndpoint {
  const node = nodes - 1 - (endpoint % nodes);
  const offset = node * addressesOfNode + firstEndpoint + Math.floor(endpoint / nodes);
  return { address: formatAddress(addToAddress(podRange, offset)) as IpAddress, node: `n${node + 1}` };
}

function configOf({ mode, scheduler, masqueradeAll }: Parameters): KubeProxyConfig {
  const { iptables, nftables, ipvs } = defaultKubeProxyConfig;
  return {
    ...defaultKubeProxyConfig,
    mode,
    iptables: { ...iptables, masqueradeAll },
    nftables: { ...nftables, masqueradeAll },
    ipvs: { ...ipvs, scheduler },
  };
}
