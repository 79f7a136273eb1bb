import type { Node } from "@kubenetsim/core/model/node";
import type { AddressWords } from "@kubenetsim/core/net/address";
import { addToAddress } from "@kubenetsim/core/net/address";
import { type Cidr, cidrContains, hostCidr, parseCidr } from "@kubenetsim/core/net/cidr";
import { type FabricRanges, fabricPrefix, nodeAddresses, readableAddresses } from "./fabric.ts";
import type { Host } from "./host.ts";
import type { Cni, NodeSettings } from "./input.ts";
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
  readonly bridge: { readonly device: number; readonly segment: Segment; readonly attachment: number } | undefined;
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
  const addresses = nodeAddresses(node);
  const fabricAttachment = attachToFabric(topology, host, addresses, ranges);
  addDummyDevice(host, settings);
  const podRanges = podRangesOf(node);
  const bridge = cni === "bridge" ? addBridge(host, name, podRanges) : undefined;
  return { host, addresses, podRanges, fabricAttachment, bridge };
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
  const device = host.addDevice("eth0", topology.fabric);
  const attachment = topology.fabric.attach(host.id, device);
  for (const address of addresses) {
    host.addAddress(device, address, fabricPrefix(ranges, address));
    topology.fabric.answer(address, attachment);
  }
  for (const range of [ranges.v4, ranges.v6]) {
    if (range !== undefined) host.routes.add({ range, device, gateway: undefined, nextHops: [] });
  }
  return attachment;
}

function addDummyDevice(host: Host, settings: NodeSettings): void {
  const addresses = readableAddresses(settings.dummyAddresses ?? []);
  if (addresses.length === 0) return;
  const device = host.addDevice("kube-ipvs0", undefined);
  for (const address of addresses) host.addAddress(device, address, hostCidr(address).prefix);
}

function addBridge(host: Host, name: string, podRanges: readonly Cidr[]): NodeHost["bridge"] {
  const segment = new Segment(`${name}/cni0`);
  const device = host.addDevice("cni0", segment);
  const attachment = segment.attach(host.id, device);
  segment.bridge = attachment;
  for (const range of podRanges) {
    const address = addToAddress(range.words, 1);
    host.addAddress(device, address, range.prefix);
    segment.answer(address, attachment);
    host.routes.add({ range, device, gateway: undefined, nextHops: [] });
  }
  return { device, segment, attachment };
}

function podRangesOf(node: Node): Cidr[] {
  const texts = node.spec?.podCIDRs ?? (node.spec?.podCIDR === undefined ? [] : [node.spec.podCIDR]);
  return texts.map(parseCidr).filter((range) => range !== undefined);
}

/** The node's pod range that holds an address. */
export function podRangeFor(node: NodeHost, address: AddressWords): Cidr | undefined {
  return node.podRanges.find((range) => cidrContains(range, address));
}
