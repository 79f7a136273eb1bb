import type { Node } from "@kubenetsim/core/model/node";
import { type AddressWords, type IpAddress, parseAddressWords } from "@kubenetsim/core/net/address";
import { type Cidr, cidrContains, hostCidr, maskWords } from "@kubenetsim/core/net/cidr";

/** Ranges of the nodes' own network; undefined for a family in which no node has an address. */
export interface FabricRanges {
  readonly v4: Cidr | undefined;
  readonly v6: Cidr | undefined;
}

/** InternalIPs of a node, in the order of its status. */
export function nodeAddresses(node: Node): AddressWords[] {
  return (node.status?.addresses ?? [])
    .filter((address) => address.type === "InternalIP")
    .map((address) => parseAddressWords(address.address))
    .filter((words) => words !== undefined);
}

/** The smallest networks that hold all of the nodes' addresses, and no smaller than /24 and /64. */
export function fabricRanges(nodes: readonly Node[]): FabricRanges {
  const addresses = nodes.flatMap(nodeAddresses);
  return {
    v4: commonRange(
      addresses.filter((words) => words.length === 1),
      24,
    ),
    v6: commonRange(
      addresses.filter((words) => words.length === 4),
      64,
    ),
  };
}

function commonRange(addresses: readonly AddressWords[], longest: number): Cidr | undefined {
  const first = addresses[0];
  if (first === undefined) return undefined;
  for (let prefix = longest; ; prefix--) {
    const range = { words: maskWords(first, prefix), prefix };
    if (addresses.every((address) => cidrContains(range, address))) return range;
  }
}

/** The fabric's range of an address's family. */
export function rangeOf(ranges: FabricRanges, address: AddressWords): Cidr | undefined {
  return address.length === 4 ? ranges.v6 : ranges.v4;
}

/** The prefix length with which a host on the fabric carries an address: the fabric's, or a host's where it lies outside. */
export function fabricPrefix(ranges: FabricRanges, address: AddressWords): number {
  const range = rangeOf(ranges, address);
  return range !== undefined && cidrContains(range, address) ? range.prefix : hostCidr(address).prefix;
}

/** The words of the addresses that can be read. */
export function readableAddresses(addresses: readonly IpAddress[]): AddressWords[] {
  return addresses.map((address) => parseAddressWords(address)).filter((words) => words !== undefined);
}
