import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import type { EndpointSlice, SliceEndpoint } from "@kubenetsim/core/model/endpoint-slice";
import type { Node } from "@kubenetsim/core/model/node";
import type { ContainerPort, Pod } from "@kubenetsim/core/model/pod";
import { type AddressWords, addToAddress, formatAddress, parseAddressWords } from "@kubenetsim/core/net/address";
import { type Cidr, cidrContains, parseCidr } from "@kubenetsim/core/net/cidr";
import { nodeAddresses } from "@kubenetsim/network/topology/fabric";
import { podAddresses } from "@kubenetsim/network/topology/pod-host";

/**
 * Pods for the endpoints of slices that came without their Pods: slices are taken as they are, so what they name answers
 * on the slice's ports. None is made for an address that is a Pod's or a node's, nor for one that is on no node.
 */
export function standInPods(state: ClusterState): Pod[] {
  const made = new Map<string, Pod>();
  let place: Place | undefined;
  for (const slice of state.tables.EndpointSlice.values()) {
    for (const endpoint of slice.endpoints ?? []) {
      const key = podKey(slice, endpoint);
      if (key !== undefined && state.tables.Pod.has(key)) continue;
      const address = parseAddressWords(endpoint.addresses[0] ?? "");
      if (address === undefined) continue;
      place ??= placeOf(state);
      const nodeName = place.taken.has(formatAddress(address)) ? undefined : nodeOf(place, endpoint, address);
      if (nodeName === undefined) continue;
      const name = key ?? `${slice.metadata.namespace ?? "default"}/endpoint-${formatAddress(address)}`;
      made.set(name, standIn(made.get(name), name, nodeName, formatAddress(address), slice));
    }
  }
  return [...made.values()];
}

/** Where addresses belong. */
interface Place {
  /** Addresses that somebody has. */
  readonly taken: ReadonlySet<string>;
  readonly ranges: ReadonlyMap<string, readonly Cidr[]>;
}

function placeOf({ tables }: ClusterState): Place {
  const ranges = new Map(tables.Node.values().map((node) => [node.metadata.name, podRanges(node)]));
  const bridges = [...ranges.values()].flat().map(({ words }) => addToAddress(words, 1));
  const own = [
    ...tables.Pod.values().flatMap(podAddresses),
    ...tables.Node.values().flatMap(nodeAddresses),
    ...bridges,
  ];
  return { taken: new Set(own.map(formatAddress)), ranges };
}

function podRanges({ spec }: Node): Cidr[] {
  const texts = spec?.podCIDRs ?? (spec?.podCIDR === undefined ? [] : [spec.podCIDR]);
  return texts.map(parseCidr).filter((range) => range !== undefined);
}

function podKey(slice: EndpointSlice, { targetRef }: SliceEndpoint): string | undefined {
  if (targetRef?.kind !== "Pod" || targetRef.name === undefined) return undefined;
  return `${targetRef.namespace ?? slice.metadata.namespace ?? "default"}/${targetRef.name}`;
}

function nodeOf({ ranges }: Place, { nodeName }: SliceEndpoint, address: AddressWords): string | undefined {
  if (nodeName !== undefined && ranges.has(nodeName)) return nodeName;
  return [...ranges].find(([, own]) => own.some((range) => cidrContains(range, address)))?.[0];
}

/** The Pod with what one more slice says of it: another address, other ports. */
function standIn(
  before: Pod | undefined,
  key: string,
  nodeName: string,
  address: string,
  { ports }: EndpointSlice,
): Pod {
  const [namespace = "", name = ""] = key.split("/");
  const more = (ports ?? []).flatMap(({ port, protocol }): ContainerPort[] =>
    port === undefined ? [] : [{ containerPort: port, protocol: protocol ?? "TCP" }],
  );
  const known = before?.spec.containers[0]?.ports ?? [];
  const added = more.filter((one) => !known.some((other) => isSamePort(one, other)));
  const addresses = new Set([...(before?.status?.podIPs ?? []).map(({ ip }) => ip), address]);
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace },
    spec: { nodeName, containers: [{ name: "of-its-EndpointSlice", ports: [...known, ...added] }] },
    status: { phase: "Running", podIPs: [...addresses].map((ip) => ({ ip })) },
  };
}

function isSamePort(one: ContainerPort, other: ContainerPort): boolean {
  return one.containerPort === other.containerPort && one.protocol === other.protocol;
}
