import { type ObjectKey, objectKey } from "@kubenetsim/core/model/api-object";
import type { Container, Pod } from "@kubenetsim/core/model/pod";
import type { IpAddress } from "@kubenetsim/core/net/address";
import { type AddressWords, addressWords, parseAddressWords } from "@kubenetsim/core/net/address";
import { hostCidr } from "@kubenetsim/core/net/cidr";
import { anywhere } from "./anywhere.ts";
import { ethernetDevice, type Host } from "./host.ts";
import { type Bridge, type NodeHost, podRangeFor } from "./node-host.ts";
import type { Port } from "./process.ts";
import { RouteTable } from "./route-table.ts";
import { Segment } from "./segment.ts";
import type { Topology } from "./topology.ts";

/** What every point-to-point Pod knows: all goes to a gateway that nobody has; the node's proxy ARP answers for it. */
const ptpRoutes = new RouteTable();
for (const [i, gateway] of ["169.254.1.1", "fe80::1"].entries()) {
  const words = addressWords(gateway as IpAddress);
  ptpRoutes.add({ range: anywhere[i]!, device: ethernetDevice, gateway: words, nextHops: [0] });
}

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
    host = topology.addHost("pod", `pod ${key}`, node.bridge?.podRoutes ?? ptpRoutes);
    if (node.bridge === undefined) attachByVeth(node, host, addresses);
    else attachToBridge(node, node.bridge, host, addresses);
  }
  topology.pods.set(key, host);
  bindSockets(host, pod, listens.get(key) ?? []);
}

function attachToBridge(node: NodeHost, bridge: Bridge, host: Host, addresses: readonly AddressWords[]): void {
  const own = addresses.map((words) => ({ words, prefix: (podRangeFor(node, words) ?? hostCidr(words)).prefix }));
  const attachment = bridge.segment.attach(host.id, host.addDevice("eth0", bridge.segment, own));
  for (const address of addresses) {
    bridge.segment.answer(address, attachment);
    if (podRangeFor(node, address) !== undefined) continue;
    node.host.routes.add({ range: hostCidr(address), device: bridge.device, gateway: undefined, nextHops: [] });
  }
}

function attachByVeth(node: NodeHost, host: Host, addresses: readonly AddressWords[]): void {
  const name = `veth${host.id.toString(16).padStart(8, "0")}`;
  const segment = new Segment(`${node.host.name}/${name}`);
  const nodeDevice = node.host.addDevice(name, segment, []);
  segment.attach(node.host.id, nodeDevice);
  const attachment = segment.attach(host.id, host.addDevice("eth0", segment, addresses.map(hostCidr)));
  for (const address of addresses) {
    segment.answer(address, attachment);
    node.host.routes.add({ range: hostCidr(address), device: nodeDevice, gateway: undefined, nextHops: [] });
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
export function runningContainers(pod: Pod): Container[] {
  const sidecars = (pod.spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === "Always");
  return [...sidecars, ...pod.spec.containers];
}
