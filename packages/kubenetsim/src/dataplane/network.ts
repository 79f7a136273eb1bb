import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import type { Node } from "@kubenetsim/core/model/node";
import { formatAddress, type IpAddress, parseAddress } from "@kubenetsim/core/net/address";
import type { Random } from "@kubenetsim/core/runtime/random";
import { buildTopology } from "@kubenetsim/network/topology/build";
import type { Cni, NodeSettings, OutsideClient } from "@kubenetsim/network/topology/input";
import type { Topology } from "@kubenetsim/network/topology/topology";
import { Tracer } from "@kubenetsim/network/trace/tracer";
import { Walker } from "@kubenetsim/network/walk/walker";
import { loadBalancersOf } from "../cloud/load-balancers.ts";
import { nodesWithEndpoints } from "../cloud/nodes-with-endpoints.ts";
import type { DataPlane } from "./data-plane.ts";
import type { NodeKernel } from "./node-kernel.ts";
import { standInPods } from "./stand-in-pods.ts";

export interface NetworkOptions {
  /** What the network draws by itself: the nodes that load balancers choose. */
  readonly random: Random;
  readonly seed: string;
  readonly cni: Cni;
  /** Hosts outside; the topology's own choice when undefined. */
  readonly clients: readonly OutsideClient[] | undefined;
  /** The only node that load balancers may choose. */
  readonly entryNode?: string | undefined;
}

/** The network of a settled state with its nodes' kernels, ready to send packets through. */
export function buildNetwork(state: ClusterState, plane: DataPlane, options: NetworkOptions): Tracer {
  const { random, seed, cni, clients, entryNode } = options;
  const nodes = state.tables.Node.values();
  const entries = nodes.filter((node) => entryNode === undefined || node.metadata.name === entryNode);
  const topology = buildTopology({
    nodes,
    pods: [...state.tables.Pod.values(), ...standInPods(state)],
    cni,
    ...(clients === undefined ? {} : { clients }),
    apiServer: apiServerOf(state),
    loadBalancers: loadBalancersOf(state.tables.Service.values(), entries, nodesWithEndpoints(state)),
    nodeSettings: nodeSettings(
      nodes.map((node) => node.metadata.name),
      plane,
    ),
  });
  const modes = new Set(nodes.map((node) => plane.startOf(node.metadata.name)?.config.mode ?? "iptables"));
  const walker = new Walker(topology, plane.attach(topology.nodes), random);
  return new Tracer(walker, (host) => plane.namesOf(host), { seed, mode: [...modes].join(", ") });
}

/** The outside hosts that a topology has by itself, to add to them: each routes through the node of its own number. */
export function clientsOf(topology: Topology, nodes: readonly Node[]): OutsideClient[] {
  return [...topology.clients].map(([name, host], i) => ({
    name,
    addresses: host.devices.filter((device) => device.name !== "lo").flatMap((device) => device.addresses.map(textOf)),
    via: nodes[i]?.metadata.name ?? "",
  }));
}

function textOf({ words }: { readonly words: readonly number[] }): IpAddress {
  return formatAddress(words);
}

function apiServerOf(state: ClusterState): { readonly address: IpAddress; readonly port: number } {
  const { address, port } = state.settings.apiServer;
  return { address: parseAddress(address)!, port };
}

/** What kube-proxies have set up on the nodes besides rules. */
function nodeSettings(names: readonly string[], plane: DataPlane): Map<string, NodeSettings> {
  const settings = new Map<string, NodeSettings>();
  for (const alike of nodesAlike(names, plane)) {
    const kernels = alike.slice(0, 2).map((name) => plane.node(name).current());
    const common: NodeSettings = {
      dummyAddresses: serviceAddresses(kernels),
      routeLocalnet: letsLoopbackOut(kernels[0]!),
    };
    for (const name of alike) settings.set(name, common);
  }
  return settings;
}

/** Nodes that had the same kube-proxies: with what all of them have in common, few need to be looked at. */
function nodesAlike(names: readonly string[], plane: DataPlane): Iterable<string[]> {
  const groups = new Map<string, string[]>();
  for (const name of names) {
    const life = plane.lifeOf(name);
    const group = groups.get(life);
    if (group === undefined) groups.set(life, [name]);
    else group.push(name);
  }
  return groups.values();
}

/**
 * What kube-ipvs0 holds. An address that a node has anyway is left out there, so the nodes' lists differ; no two nodes
 * have the same address, so two lists together name every one, and on a node that has it twice it makes no difference.
 */
function serviceAddresses(kernels: readonly NodeKernel[]): IpAddress[] {
  return [...new Set(kernels.flatMap(({ dummyAddresses }) => [...dummyAddresses.values()].flat()))];
}

/** kube-proxy in iptables mode sets it, so that NodePorts are served on 127.0.0.1; nothing sets it back. */
function letsLoopbackOut({ sysctls }: NodeKernel): boolean {
  return sysctls.get("net/ipv4/conf/all/route_localnet") === 1;
}
