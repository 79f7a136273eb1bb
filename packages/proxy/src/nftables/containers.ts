import type { NftDataType, NftSet } from "@kubenetsim/netfilter/ruleset/nft-table";
import type { NftablesContext } from "./nftables-context.ts";

// Sets and maps that are always there, under kube-proxy's names (pkg/proxy/nftables/proxier.go).

export const hairpinConnections = "hairpin-connections";
export const clusterIPs = "cluster-ips";
export const nodePortIPs = "nodeport-ips";
export const noEndpointServices = "no-endpoint-services";
export const noEndpointNodePorts = "no-endpoint-nodeports";
export const localhostNodePortRejects = "localhost-nodeport-reject-ports";
export const firewallIPs = "firewall-ips";
export const serviceIPs = "service-ips";
export const serviceNodePorts = "service-nodeports";

/** Those that Services fill, in the order in which a sync deletes what is left over in them. */
export const serviceContainers: readonly string[] = [
  clusterIPs,
  serviceIPs,
  firewallIPs,
  noEndpointServices,
  noEndpointNodePorts,
  serviceNodePorts,
  hairpinConnections,
  localhostNodePortRejects,
];

export type NftContainer = Omit<NftSet, "elements">;

const protocolAndPort: readonly NftDataType[] = ["inet_proto", "inet_service"];

/** A set of addresses. */
export function addressSet(name: string, comment: string, { addressType }: NftablesContext): NftContainer {
  return container(name, [addressType], undefined, comment);
}

/** Addresses of a connection to a pod that comes from that pod. */
export function connectionSet(name: string, comment: string, { addressType }: NftablesContext): NftContainer {
  return container(name, [addressType, addressType, ...protocolAndPort], undefined, comment);
}

/** From an address, protocol and port to a verdict. */
export function addressMap(name: string, comment: string, { addressType }: NftablesContext): NftContainer {
  return container(name, [addressType, ...protocolAndPort], "verdict", comment);
}

/** From a protocol and port to a verdict. */
export function portMap(name: string, comment: string): NftContainer {
  return container(name, protocolAndPort, "verdict", comment);
}

/** The clients that were sent to one endpoint, each for the seconds of the Service's affinity. */
export function affinitySet(name: string, seconds: number, { addressType }: NftablesContext): NftContainer {
  return {
    ...container(name, [addressType], undefined, undefined),
    flags: ["dynamic", "timeout"],
    timeoutSeconds: seconds,
  };
}

function container(
  name: string,
  type: readonly NftDataType[],
  data: NftContainer["data"],
  comment: string | undefined,
): NftContainer {
  return { name, type, data, flags: [], size: undefined, timeoutSeconds: undefined, comment };
}
