import type { Node } from "@kubenetsim/core/model/node";
import { formatAddress, type IpAddress } from "@kubenetsim/core/net/address";
import { buildTopology } from "@kubenetsim/network/topology/build";
import type { Host } from "@kubenetsim/network/topology/host";
import type { Cni } from "@kubenetsim/network/topology/input";
import { nodeHostIPs } from "@kubenetsim/proxy/snapshot/node-host-ips";
import type { InterfaceAddress, ProxyNode } from "@kubenetsim/proxy/snapshot/proxy-node";

const zoneLabel = "topology.kubernetes.io/zone";

/**
 * Every node as its kube-proxy sees it: its addresses are those of the devices that the network gives it (eth0 and, with
 * a bridge CNI, cni0). The kernels have nfnetlink_acct, as every distribution's kernel does.
 */
export function proxyNodes(nodes: readonly Node[], cni: Cni): Map<string, ProxyNode> {
  const { nodes: hosts } = buildTopology({ nodes, pods: [], cni });
  return new Map(nodes.map((node) => [node.metadata.name, proxyNode(node, hosts.get(node.metadata.name)!)]));
}

/** "" for none. */
export function zoneOf(node: Node | undefined): string {
  return node?.metadata.labels?.[zoneLabel] ?? "";
}

function proxyNode(node: Node, host: Host): ProxyNode {
  const { podCIDR, podCIDRs } = node.spec ?? {};
  return {
    name: node.metadata.name,
    nodeIPs: nodeHostIPs(node),
    addresses: interfaceAddresses(host),
    zone: zoneOf(node),
    podCIDRs: podCIDRs ?? (podCIDR === undefined ? [] : [podCIDR]),
    nfacct: true,
  };
}

function interfaceAddresses(host: Host): InterfaceAddress[] {
  return host.devices
    .filter((device) => device.name !== "lo")
    .flatMap((device) => device.addresses)
    .map(({ words, prefix }): InterfaceAddress => ({ address: formatAddress(words) as IpAddress, prefix }));
}
