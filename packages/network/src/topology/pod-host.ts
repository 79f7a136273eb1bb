import { type ObjectKey, objectKey } from "@kubenetsim/core/model/api-object";
import type { Container, Pod } from "@kubenetsim/core/model/pod";
import type { IpAddress } from "@kubenetsim/core/net/address";
import { type AddressWords, addressWords, parseAddressWords } from "@kubenetsim/core/net/address";
import { hostCidr } from "@kubenetsim/core/net/cidr";
import { anywhere } from "./anywhere.ts";
import { ethernetDevice, type Host } from "./host.ts";
import { type NodeHost, podRangeFor, routeVia } from "./node-host.ts";
import type { AddressSwitch } from "./pod-addresses.ts";
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

/** A Pod in a network namespace of its own, and how it is joined to its node. */
export interface AttachedPod {
  readonly key: ObjectKey;
  readonly node: NodeHost;
  readonly addresses: readonly AddressWords[];
  /** The bridge's network, or the Pod's own. */
  readonly segment: Segment;
  readonly attachment: number;
  /** The node's device that leads to it. */
  readonly nodeDevice: number;
  /** Numbers of the routes that lead to it alone: at its node, and at all others. */
  readonly nodeRoutes: number[];
  readonly podRoutes: number[];
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
    const attached = attach(node, host, key, addresses);
    topology.attached.set(key, attached);
    for (const address of addresses) topology.podAddresses.claim(attached, address, switchOf(topology));
  }
  topology.pods.set(key, host);
  bindSockets(host, pod, listens.get(key) ?? []);
}

/** Takes a Pod that `addPod` has put into its own namespace off the network; false when there is none of this name. */
export function removePod(topology: Topology, key: ObjectKey): boolean {
  const attached = topology.attached.get(key);
  if (attached === undefined) return false;
  for (const address of attached.addresses) topology.podAddresses.release(attached, address, switchOf(topology));
  topology.attached.delete(key);
  topology.pods.delete(key);
  topology.gone++;
  return true;
}

function attach(node: NodeHost, host: Host, key: ObjectKey, addresses: readonly AddressWords[]): AttachedPod {
  const { bridge } = node;
  const segment = bridge?.segment ?? new Segment(`${node.host.name}/${vethName(key)}`);
  const nodeDevice = bridge?.device ?? node.host.addDevice(vethName(key), segment, []);
  if (bridge === undefined) segment.attach(node.host.id, nodeDevice);
  const own = addresses.map((words) => {
    const range = bridge === undefined ? undefined : podRangeFor(node, words);
    return { words, prefix: (range ?? hostCidr(words)).prefix };
  });
  const attachment = segment.attach(host.id, host.addDevice("eth0", segment, own));
  return { key, node, addresses, segment, attachment, nodeDevice, nodeRoutes: [], podRoutes: [] };
}

/** The same for a Pod whenever it comes, as the plugins name them by what the Pod is. */
export function vethName(key: ObjectKey): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  return `veth${(hash >>> 0).toString(16).padStart(8, "0")}`;
}

/** Who answers for a Pod's address and who has routes to it that are for no other: its node, and all where the range is not its node's. */
function switchOf({ podRoutes }: Topology): AddressSwitch {
  return {
    announce({ node, segment, attachment, nodeDevice, nodeRoutes, podRoutes: numbers }, address) {
      segment.answer(address, attachment);
      const range = hostCidr(address);
      const isStray = podRangeFor(node, address) === undefined;
      if (node.bridge === undefined || isStray) {
        nodeRoutes.push(node.host.routes.add({ range, device: nodeDevice, gateway: undefined, nextHops: [] }));
      }
      const via = isStray ? routeVia(node, range) : undefined;
      if (via !== undefined) numbers.push(podRoutes.add(via));
    },
    withdraw({ node, segment, attachment, nodeRoutes, podRoutes: numbers }, address) {
      segment.fallSilent(address, attachment);
      const range = hostCidr(address);
      for (const number of nodeRoutes) node.host.routes.remove(number, range);
      for (const number of numbers) podRoutes.remove(number, range);
    },
  };
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
