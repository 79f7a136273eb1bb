import type { Pod } from "@kubenetsim/core/model/pod";
import { type Cidr, hostCidr } from "@kubenetsim/core/net/cidr";
import { fabricRanges } from "./fabric.ts";
import { ethernetDevice } from "./host.ts";
import type { TopologyInput } from "./input.ts";
import { addNode, type NodeHost, podRangeFor } from "./node-host.ts";
import { addOutside } from "./outside.ts";
import { addPod, isOnNetwork, podAddresses } from "./pod-host.ts";
import { Topology } from "./topology.ts";

/**
 * The cluster's hosts and links. Nodes stand on one layer 2 network, which their InternalIPs span, and route to each
 * other's Pods through each other (like flannel's host-gw); what is not known goes to a default gateway, which swallows it.
 * Pods whose node is not among `nodes`, that have no address or have ended are not on the network.
 *
 * @example
 * const topology = buildTopology({ nodes, pods, cni: "bridge" });
 * topology.pods.get("default/client")?.devices;
 */
export function buildTopology(input: TopologyInput): Topology {
  const topology = new Topology();
  const nodes = addNodes(topology, input);
  addPods(topology, nodes, input);
  routeToPods(topology, nodes, input.pods);
  addOutside(topology, nodes, fabricRanges(input.nodes), input);
  return topology;
}

function addNodes(topology: Topology, input: TopologyInput): Map<string, NodeHost> {
  const ranges = fabricRanges(input.nodes);
  const nodes = new Map<string, NodeHost>();
  for (const node of input.nodes) {
    const settings = input.nodeSettings?.get(node.metadata.name) ?? {};
    nodes.set(node.metadata.name, addNode(topology, node, input.cni ?? "bridge", ranges, settings));
  }
  return nodes;
}

function addPods(topology: Topology, nodes: ReadonlyMap<string, NodeHost>, input: TopologyInput): void {
  for (const pod of input.pods) {
    const node = nodes.get(pod.spec.nodeName ?? "");
    if (node !== undefined && isOnNetwork(pod)) addPod(topology, node, pod, input.listens ?? new Map());
  }
}

/** Pod ranges by their nodes, and single addresses of Pods that are not of their node's podCIDR. */
function routeToPods(topology: Topology, nodes: ReadonlyMap<string, NodeHost>, pods: readonly Pod[]): void {
  for (const node of nodes.values()) {
    node.host.sharedRoutes = topology.podRoutes;
    for (const range of node.podRanges) addRouteVia(topology, node, range);
  }
  for (const pod of pods) {
    const node = nodes.get(pod.spec.nodeName ?? "");
    if (node === undefined || !isOnNetwork(pod) || pod.spec.hostNetwork === true) continue;
    for (const address of podAddresses(pod)) {
      if (podRangeFor(node, address) === undefined) addRouteVia(topology, node, hostCidr(address));
    }
  }
}

function addRouteVia(topology: Topology, node: NodeHost, range: Cidr): void {
  const gateway = node.addresses.find((address) => address.length === range.words.length);
  if (gateway === undefined) return;
  topology.podRoutes.add({ range, device: ethernetDevice, gateway, nextHops: [node.fabricAttachment] });
}
