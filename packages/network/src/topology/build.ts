import { objectKey } from "@kubenetsim/core/model/api-object";
import type { Pod } from "@kubenetsim/core/model/pod";
import { fabricRanges } from "./fabric.ts";
import type { TopologyInput } from "./input.ts";
import { addNode, type NodeHost, routeVia } from "./node-host.ts";
import { addOutside } from "./outside.ts";
import { addPod, isOnNetwork, removePod } from "./pod-host.ts";
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
  routeToPods(topology, nodes);
  addPods(topology, nodes, input);
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

function addPods(
  topology: Topology,
  nodes: ReadonlyMap<string, NodeHost>,
  input: Pick<TopologyInput, "pods" | "listens">,
): void {
  for (const pod of input.pods) {
    const node = nodes.get(pod.spec.nodeName ?? "");
    if (node !== undefined && isOnNetwork(pod)) addPod(topology, node, pod, input.listens ?? new Map());
  }
}

/** Pod ranges by their nodes; single addresses of Pods that are not of their node's podCIDR come with the Pods. */
function routeToPods(topology: Topology, nodes: ReadonlyMap<string, NodeHost>): void {
  for (const node of nodes.values()) {
    node.host.sharedRoutes = topology.podRoutes;
    for (const range of node.podRanges) {
      const route = routeVia(node, range);
      if (route !== undefined) topology.podRoutes.add(route);
    }
  }
}

/**
 * Brings a topology up to date for Pods that have changed: those of `before` go and those of `after` come. False, and nothing
 * is done, where one is on its node's network: its sockets are the node's, which are bound in the order of all Pods.
 */
export function changePods(topology: Topology, before: readonly Pod[], after: readonly Pod[]): boolean {
  if ([...before, ...after].some((pod) => pod.spec.hostNetwork === true)) return false;
  for (const pod of before) removePod(topology, objectKey(pod));
  addPods(topology, topology.nodeHosts, { pods: after });
  return true;
}
