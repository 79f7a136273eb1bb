import type { Node } from "@kubenetsim/core/model/node";
import type { AddressWords, IpAddress } from "@kubenetsim/core/net/address";
import { addToAddress } from "@kubenetsim/core/net/address";
import { type Cidr, cidrContains, hostCidr, parseCidr } from "@kubenetsim/core/net/cidr";
import { AddressTable } from "./address-table.ts";
import { anywhere } from "./anywhere.ts";
import { type FabricRanges, fabricPrefix, nodeAddresses, readableAddresses } from "./fabric.ts";
import { ethernetDevice, type Host, type SharedAddresses } from "./host.ts";
import type { Cni, NodeSettings } from "./input.ts";
import { type Route, RouteTable } from "./route-table.ts";
import { Segment } from "./segment.ts";
import type { Topology } from "./topology.ts";

/** A node with what is needed to attach Pods to it and to route to it. */
export interface NodeHost {
  readonly host: Host;
  readonly addresses: readonly AddressWords[];
  readonly podRanges: readonly Cidr[];
  /** Where others reach it on the fabric. */
  readonly fabricAttachment: number;
  /** The bridge's device and network; undefined with `ptp`. */
  readonly bridge: Bridge | undefined;
}

export interface Bridge {
  readonly device: number;
  readonly segment: Segment;
  readonly attachment: number;
  /** The routes of the Pods on it. */
  readonly podRoutes: RouteTable;
}

/** A node's devices, addresses and connected routes: lo, eth0, kube-ipvs0 where it has addresses, cni0. */
export function addNode(
  topology: Topology,
  node: Node,
  cni: Cni,
  ranges: FabricRanges,
  settings: NodeSettings,
): NodeHost {
  const name = node.metadata.name;
  const host = topology.addHost("node", `node ${name}`);
  topology.nodes.set(name, host);
  host.routeLocalnet = settings.routeLocalnet ?? false;
  for (const process of settings.processes ?? []) host.sockets.bind(process);
  const addresses = nodeAddresses(node);
  const fabricAttachment = attachToFabric(topology, host, addresses, ranges);
  addDummyDevice(host, settings);
  const podRanges = podRangesOf(node);
  const bridge = cni === "bridge" ? addBridge(host, name, podRanges) : undefined;
  const nodeHost = { host, addresses, podRanges, fabricAttachment, bridge };
  topology.nodeHosts.set(name, nodeHost);
  return nodeHost;
}

/**
 * Gives a host eth0 on the fabric with these addresses, for which it answers there, and the route to the fabric.
 * Returns its attachment.
 */
export function attachToFabric(
  topology: Topology,
  host: Host,
  addresses: readonly AddressWords[],
  ranges: FabricRanges,
): number {
  const own = addresses.map((words) => ({ words, prefix: fabricPrefix(ranges, words) }));
  const device = host.addDevice("eth0", topology.fabric, own);
  const attachment = topology.fabric.attach(host.id, device);
  for (const address of addresses) topology.fabric.answer(address, attachment);
  for (const range of [ranges.v4, ranges.v6]) {
    if (range !== undefined) host.routes.add({ range, device, gateway: undefined, nextHops: [] });
  }
  return attachment;
}

function addDummyDevice(host: Host, { dummyAddresses = [] }: NodeSettings): void {
  if (dummyAddresses.length === 0) return;
  let shared = dummies.get(dummyAddresses);
  if (shared === undefined) {
    const table = new AddressTable();
    const addresses = readableAddresses(dummyAddresses);
    for (const words of addresses) table.add(words, 0);
    shared = { addresses: addresses.map(hostCidr), table };
    dummies.set(dummyAddresses, shared);
  }
  if (shared.addresses.length > 0) host.addSharedDevice("kube-ipvs0", shared);
}

/** What kube-ipvs0 has, by the list in a node's settings: nodes whose kube-proxies are alike have the same list. */
const dummies = new WeakMap<readonly IpAddress[], SharedAddresses>();

function addBridge(host: Host, name: string, podRanges: readonly Cidr[]): Bridge {
  const segment = new Segment(`${name}/cni0`);
  const addresses = podRanges.map(({ words, prefix }) => ({ words: addToAddress(words, 1), prefix }));
  const device = host.addDevice("cni0", segment, addresses);
  const attachment = segment.attach(host.id, device);
  segment.bridge = attachment;
  for (const { words } of addresses) segment.answer(words, attachment);
  for (const range of podRanges) {
    host.routes.add({ range, device, gateway: undefined, nextHops: [] });
  }
  return { device, segment, attachment, podRoutes: bridgeRoutes(podRanges, attachment) };
}

/** What every Pod on a bridge knows: its neighbours are on-link, all else goes by the bridge's address. */
function bridgeRoutes(podRanges: readonly Cidr[], bridge: number): RouteTable {
  const routes = new RouteTable();
  for (const range of podRanges) routes.add({ range, device: ethernetDevice, gateway: undefined, nextHops: [] });
  for (const range of anywhere) {
    const podRange = podRanges.find((other) => other.words.length === range.words.length);
    const gateway = podRange === undefined ? undefined : addToAddress(podRange.words, 1);
    routes.add({ range, device: ethernetDevice, gateway, nextHops: [bridge] });
  }
  return routes;
}

function podRangesOf(node: Node): Cidr[] {
  const texts = node.spec?.podCIDRs ?? (node.spec?.podCIDR === undefined ? [] : [node.spec.podCIDR]);
  return texts.map(parseCidr).filter((range) => range !== undefined);
}

/** The node's pod range that holds an address. */
export function podRangeFor(node: NodeHost, address: AddressWords): Cidr | undefined {
  return node.podRanges.find((range) => cidrContains(range, address));
}

/** How others reach a range of Pods: by their node, if it has an address of the family. */
export function routeVia(node: NodeHost, range: Cidr): Route | undefined {
  const gateway = node.addresses.find((address) => address.length === range.words.length);
  if (gateway === undefined) return undefined;
  return { range, device: ethernetDevice, gateway, nextHops: [node.fabricAttachment] };
}
