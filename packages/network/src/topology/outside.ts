import {
  type AddressWords,
  addToAddress,
  compareAddresses,
  formatAddress,
  parseAddressWords,
} from "@kubenetsim/core/net/address";
import { type Cidr, cidrContains, hostCidr } from "@kubenetsim/core/net/cidr";
import type { Balancer } from "../balancer/balancer.ts";
import { anywhere } from "./anywhere.ts";
import { type FabricRanges, rangeOf, readableAddresses } from "./fabric.ts";
import { ethernetDevice, type Host } from "./host.ts";
import type { OutsideClient, TopologyInput } from "./input.ts";
import { attachToFabric, type NodeHost } from "./node-host.ts";
import type { Topology } from "./topology.ts";

/** Everything on the fabric that is no node: default gateway, API server, load balancers, clients. */
export function addOutside(
  topology: Topology,
  nodes: ReadonlyMap<string, NodeHost>,
  ranges: FabricRanges,
  input: TopologyInput,
): void {
  const gateway = addGateway(topology, [...nodes.values()], ranges);
  addApiServer(topology, ranges, input);
  const balancers = (input.loadBalancers ?? []).map((balancer) => addLoadBalancer(topology, gateway, ranges, balancer));
  for (const client of input.clients ?? defaultClients([...nodes.keys()], topology, ranges)) {
    addClient(topology, nodes, ranges, client, gateway, balancers);
  }
}

/** The nodes' default router. It knows the clients behind it; everything else is lost there. */
function addGateway(topology: Topology, nodes: readonly NodeHost[], ranges: FabricRanges): Host {
  const addresses = [ranges.v4, ranges.v6].map((range) => freeAddress(topology, range, 1));
  const known = addresses.filter((address) => address !== undefined);
  const shown = known[0] === undefined ? "" : ` ${formatAddress(known[0])}`;
  const host = topology.addHost("external", `external default gateway${shown}`);
  topology.gateway = host;
  const attachment = attachToFabric(topology, host, known, ranges);
  for (const node of nodes) {
    for (const [i, range] of anywhere.entries()) {
      const gateway = addresses[i];
      if (gateway !== undefined) {
        node.host.routes.add({ range, device: ethernetDevice, gateway, nextHops: [attachment] });
      }
    }
  }
  return host;
}

/** It stands on the nodes' network and routes to Pods as the nodes do, so its answers find back. */
function addApiServer(topology: Topology, ranges: FabricRanges, input: TopologyInput): void {
  const words = input.apiServer === undefined ? undefined : parseAddressWords(input.apiServer.address);
  if (input.apiServer === undefined || words === undefined || topology.fabric.neighbours.get(words) >= 0) return;
  const host = topology.addHost("external", `external kube-apiserver ${input.apiServer.address}`);
  attachToFabric(topology, host, [words], ranges);
  host.sharedRoutes = topology.podRoutes;
  host.sockets.bind({ name: "kube-apiserver", listens: [{ protocol: "TCP", port: input.apiServer.port }] });
}

interface BalancerHost {
  readonly addresses: readonly AddressWords[];
  readonly attachment: number;
}

/**
 * A load balancer routes to all hosts on the fabric and to Pods as the nodes do. In mode `vip` its addresses are no host's on the
 * fabric: only hosts outside come to it. Else it answers for them, and the default gateway knows it, so that nodes and Pods find it.
 */
function addLoadBalancer(topology: Topology, gateway: Host, ranges: FabricRanges, balancer: Balancer): BalancerHost {
  const { name, addresses: texts, mode } = balancer.config;
  const host = topology.addHost("external", `external load balancer ${name}`);
  host.balancer = balancer;
  topology.loadBalancers.set(name, host);
  const addresses = readableAddresses(texts);
  const attachment = attachToFabric(topology, host, mode === "vip" ? [] : addresses, ranges);
  host.sharedRoutes = topology.podRoutes;
  for (const range of anywhere) {
    host.routes.add({ range, device: ethernetDevice, gateway: undefined, nextHops: [] });
  }
  if (mode === "vip") return { addresses, attachment };
  for (const address of addresses) {
    gateway.routes.add({
      range: hostCidr(address),
      device: ethernetDevice,
      gateway: undefined,
      nextHops: [attachment],
    });
  }
  return { addresses, attachment };
}

function addClient(
  topology: Topology,
  nodes: ReadonlyMap<string, NodeHost>,
  ranges: FabricRanges,
  client: OutsideClient,
  gateway: Host,
  balancers: readonly BalancerHost[],
): void {
  const addresses = readableAddresses(client.addresses);
  const host = topology.addHost("external", `external ${client.addresses[0] ?? client.name}`);
  topology.clients.set(client.name, host);
  attachToFabric(topology, host, addresses, ranges);
  for (const address of addresses) {
    if (!isOnFabric(ranges, address)) {
      gateway.routes.add({ range: hostCidr(address), device: ethernetDevice, gateway: undefined, nextHops: [] });
    }
  }
  for (const { addresses: virtual, attachment } of balancers) {
    for (const address of virtual) {
      host.routes.add({ range: hostCidr(address), device: ethernetDevice, gateway: undefined, nextHops: [attachment] });
    }
  }
  const router = nodes.get(client.via);
  if (router !== undefined) addDefaultRoutes(host, router);
}

function addDefaultRoutes(host: Host, router: NodeHost): void {
  for (const range of anywhere) {
    const gateway = router.addresses.find((address) => address.length === range.words.length);
    if (gateway !== undefined)
      host.routes.add({ range, device: ethernetDevice, gateway, nextHops: [router.fabricAttachment] });
  }
}

/** `ext1` behind the first node and `ext2` behind the second, with two addresses each: .100 and .200, .101 and .201. */
function defaultClients(nodes: readonly string[], topology: Topology, ranges: FabricRanges): OutsideClient[] {
  return nodes.slice(0, 2).map((via, i) => {
    const wanted = [100 + i, 200 + i].flatMap((offset) =>
      [ranges.v4, ranges.v6].map((range) => freeAddress(topology, range, offset)),
    );
    return { name: `ext${i + 1}`, addresses: wanted.filter((words) => words !== undefined).map(formatAddress), via };
  });
}

/** The first address of a range, from an offset on, that nobody on the fabric has. */
function freeAddress(topology: Topology, range: Cidr | undefined, offset: number): AddressWords | undefined {
  if (range === undefined) return undefined;
  let address = addToAddress(range.words, offset);
  while (cidrContains(range, address) && topology.fabric.neighbours.get(address) >= 0)
    address = addToAddress(address, 1);
  return cidrContains(range, address) && compareAddresses(address, range.words) > 0 ? address : undefined;
}

function isOnFabric(ranges: FabricRanges, address: AddressWords): boolean {
  const range = rangeOf(ranges, address);
  return range !== undefined && cidrContains(range, address);
}
