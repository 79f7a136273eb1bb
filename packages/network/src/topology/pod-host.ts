import { type ObjectKey, objectKey } from "@kubenetsim/core/model/api-object";
import type { Container, Pod } from "@kubenetsim/core/model/pod";
import type { IpAddress } from "@kubenetsim/core/net/address";
import { type AddressWords, addressWords, addToAddress, parseAddressWords } from "@kubenetsim/core/net/address";
import { type Cidr, hostCidr } from "@kubenetsim/core/net/cidr";
import type { Host } from "./host.ts";
import { type NodeHost, podRangeFor } from "./node-host.ts";
import type { Port } from "./process.ts";
import { Segment } from "./segment.ts";
import type { Topology } from "./topology.ts";

/** Ranges of a dual-stack default route. */
export const anywhere: readonly Cidr[] = [
  { words: [0], prefix: 0 },
  { words: [0, 0, 0, 0], prefix: 0 },
];

/** The gateways that a point-to-point Pod sees: nobody has them, the node's proxy ARP answers. */
const ptpGateways: readonly AddressWords[] = [
  addressWords("169.254.1.1" as IpAddress),
  addressWords("fe80::1" as IpAddress),
];

/** True for a Pod that has a network: scheduled, with an address, and not run to its end. */
export function isOnNetwork(pod: Pod): boolean {
  const phase = pod.status?.phase;
  return pod.spec.nodeName !== undefined && phase !== "Succeeded" && phase !== "Failed";
}

export function podAddresses(pod: Pod): AddressWords[] {
  const texts = pod.status?.podIPs?.map(({ ip }) => ip) ?? (pod.status?.podIP === undefined ? [] : [pod.status.podIP]);
  return texts.map(parseAddressWords).filter((words) => words !== undefined);
}

/** Puts a Pod into its own namespace behind its node, or among the node's own processes with hostNetwork. */
export function addPod(
  topology: Topology,
  node: NodeHost,
  pod: Pod,
  listens: ReadonlyMap<ObjectKey, readonly Port[]>,
): void {
  const key = objectKey(pod);
  const addresses = podAddresses(pod);
  let host = node.host;
  if (pod.spec.hostNetwork !== true) {
    if (addresses.length === 0) return;
    host = topology.addHost("pod", `pod ${key}`);
    if (node.bridge === undefined) attachByVeth(node, host, addresses);
    else attachToBridge(node, node.bridge, host, addresses);
  }
  topology.pods.set(key, host);
  bindSockets(host, pod, listens.get(key) ?? []);
}

function attachToBridge(
  node: NodeHost,
  bridge: NonNullable<NodeHost["bridge"]>,
  host: Host,
  addresses: readonly AddressWords[],
): void {
  const device = host.addDevice("eth0", bridge.segment);
  const attachment = bridge.segment.attach(host.id, device);
  for (const address of addresses) {
    const range = podRangeFor(node, address);
    host.addAddress(device, address, (range ?? hostCidr(address)).prefix);
    bridge.segment.answer(address, attachment);
    if (range === undefined)
      node.host.routes.add({ range: hostCidr(address), device: bridge.device, gateway: undefined, nextHops: [] });
    else host.routes.add({ range, device, gateway: undefined, nextHops: [] });
  }
  for (const range of anywhere) {
    const podRange = node.podRanges.find((other) => other.words.length === range.words.length);
    const gateway = podRange === undefined ? undefined : addToAddress(podRange.words, 1);
    host.routes.add({ range, device, gateway, nextHops: [bridge.attachment] });
  }
}

function attachByVeth(node: NodeHost, host: Host, addresses: readonly AddressWords[]): void {
  const name = `veth${host.id.toString(16).padStart(8, "0")}`;
  const segment = new Segment(`${node.host.name}/${name}`);
  const nodeDevice = node.host.addDevice(name, segment);
  const nodeAttachment = segment.attach(node.host.id, nodeDevice);
  const device = host.addDevice("eth0", segment);
  const attachment = segment.attach(host.id, device);
  for (const address of addresses) {
    host.addAddress(device, address, hostCidr(address).prefix);
    segment.answer(address, attachment);
    node.host.routes.add({ range: hostCidr(address), device: nodeDevice, gateway: undefined, nextHops: [] });
  }
  for (const [i, range] of anywhere.entries()) {
    host.routes.add({ range, device, gateway: ptpGateways[i], nextHops: [nodeAttachment] });
  }
}

/** A Pod listens on the ports that its containers declare, and on those that the caller knows of. */
function bindSockets(host: Host, pod: Pod, more: readonly Port[]): void {
  const name = `pod ${objectKey(pod)}`;
  for (const container of runningContainers(pod)) {
    const listens = (container.ports ?? []).map(
      ({ containerPort, protocol }): Port => ({ protocol: protocol ?? "TCP", port: containerPort }),
    );
    host.sockets.bind({ name: `${name} container ${container.name}`, listens });
  }
  if (more.length > 0) host.sockets.bind({ name, listens: more });
}

/** Containers that run next to each other: sidecars (init containers that are restarted) included. */
function runningContainers(pod: Pod): Container[] {
  const sidecars = (pod.spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === "Always");
  return [...sidecars, ...pod.spec.containers];
}
