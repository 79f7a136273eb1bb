import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import { objectKey } from "@kubenetsim/core/model/api-object";
import type { Service, ServicePortSpec } from "@kubenetsim/core/model/service";
import type { Protocol } from "@kubenetsim/core/net/protocol";
import * as fc from "fast-check";

/** Who sends: a Pod, a node itself, or somebody outside. */
export interface PacketSource {
  readonly kind: "pod" | "node" | "external";
  /** `namespace/name` of the Pod, the node's name, or the address again. */
  readonly name: string;
  readonly address: string;
}

/** A packet that opens a connection. */
export interface PacketPlan {
  readonly source: PacketSource;
  readonly destination: string;
  readonly port: number;
  readonly protocol: Protocol;
  /** What the destination is, for messages: `clusterIP of default/web`. */
  readonly via: string;
}

type Destination = Omit<PacketPlan, "source">;

const outside: readonly PacketSource[] = ["192.168.10.100", "192.0.2.7", "10.0.0.9"].map((address) => ({
  kind: "external",
  name: address,
  address,
}));

/**
 * Packets from Pods, nodes and outside to every address that a settled cluster answers on, and to some where nothing
 * listens. IPv4 and IPv6 are not mixed.
 *
 * @example
 * const { state } = settle(applyYaml(emptyState(), toYaml(randomCluster("s")), "s", context).state, context);
 * fc.assert(fc.property(packetInto(state), (packet) => packet.port > 0));
 */
export function packetInto(state: ClusterState): fc.Arbitrary<PacketPlan> {
  const sources = [...podSources(state), ...nodeSources(state), ...outside];
  const destinations = [...serviceDestinations(state), ...podDestinations(state), ...nodeDestinations(state)];
  return fc
    .tuple(fc.constantFrom(...destinations), fc.nat())
    .map(([destination, choice]) => {
      const family = sources.filter(({ address }) => address.includes(":") === destination.destination.includes(":"));
      return family.length === 0 ? undefined : { source: family[choice % family.length]!, ...destination };
    })
    .filter((packet) => packet !== undefined);
}

function podSources(state: ClusterState): PacketSource[] {
  return state.tables.Pod.values().flatMap((pod) =>
    (pod.status?.podIPs ?? []).map(({ ip }): PacketSource => ({ kind: "pod", name: objectKey(pod), address: ip })),
  );
}

function nodeSources(state: ClusterState): PacketSource[] {
  return nodeAddresses(state).map(({ name, address }): PacketSource => ({ kind: "node", name, address }));
}

function serviceDestinations(state: ClusterState): Destination[] {
  return state.tables.Service.values().flatMap((service) =>
    (service.spec.ports ?? []).flatMap((port) => portDestinations(state, service, port)),
  );
}

function portDestinations(state: ClusterState, service: Service, spec: ServicePortSpec): Destination[] {
  const { port, protocol = "TCP", nodePort = 0 } = spec;
  const key = objectKey(service);
  const to =
    (via: string, number: number) =>
    (destination: string): Destination => ({
      destination,
      port: number,
      protocol,
      via: `${via} of ${key}`,
    });
  const clusterIPs = (service.spec.clusterIPs ?? []).filter((ip) => ip !== "None");
  const ingress = (service.status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) => (ip === undefined ? [] : [ip]));
  const nodes = nodePort === 0 ? [] : nodeAddresses(state).map(({ address }) => address);
  return [
    ...clusterIPs.map(to("clusterIP", port)),
    ...clusterIPs.map(to("unused port", 9)),
    ...(service.spec.externalIPs ?? []).map(to("externalIP", port)),
    ...ingress.map(to("load balancer IP", port)),
    ...nodes.map(to("nodePort", nodePort)),
  ];
}

function podDestinations(state: ClusterState): Destination[] {
  return podSources(state).map(({ name, address }) => ({
    destination: address,
    port: 8080,
    protocol: "TCP",
    via: `Pod ${name}`,
  }));
}

/** So that every cluster has a destination. */
function nodeDestinations(state: ClusterState): Destination[] {
  const closed = { port: 9, protocol: "TCP", via: "closed port" } as const;
  return [
    ...nodeAddresses(state).map(({ address }) => ({ destination: address, ...closed })),
    { destination: "192.0.2.1", ...closed },
  ];
}

function nodeAddresses(state: ClusterState): { name: string; address: string }[] {
  return state.tables.Node.values().flatMap((node) =>
    (node.status?.addresses ?? [])
      .filter(({ type }) => type === "InternalIP")
      .map(({ address }) => ({ name: node.metadata.name, address })),
  );
}
