import {
  type AddressWords,
  compareAddresses,
  type IpFamily,
  parseAddress,
  parseAddressWords,
} from "../../net/address.ts";
import { type Cidr, cidrAddress, cidrContains, cidrSize, formatCidr, parseCidr } from "../../net/cidr.ts";
import type { Random } from "../../runtime/random.ts";
import type { ClusterState } from "../cluster-state.ts";
import type { Write } from "../kinds/rules.ts";

/**
 * The service ranges of a family, in the order in which they came: the `ServiceCIDR` objects say them. One on its way out
 * gives no addresses any more.
 */
export function serviceRanges(state: ClusterState, family: IpFamily): Cidr[] {
  const ranges: Cidr[] = [];
  for (const object of state.tables.ServiceCIDR) {
    if (object.metadata.deletionTimestamp !== undefined) continue;
    for (const text of object.spec.cidrs ?? []) {
      const cidr = parseCidr(text);
      if (cidr !== undefined && familyOfCidr(cidr) === family) ranges.push(cidr);
    }
  }
  return ranges;
}

/** The families that the cluster serves, the primary one first: those of the ServiceCIDR `kubernetes`. */
export function serviceFamilies(state: ClusterState): IpFamily[] {
  const cidrs = state.tables.ServiceCIDR.get("kubernetes")?.spec.cidrs ?? [];
  return cidrs.map((text) => (text.includes(":") ? "IPv6" : "IPv4"));
}

function familyOfCidr(cidr: Cidr): IpFamily {
  return cidr.words.length === 1 ? "IPv4" : "IPv6";
}

/** Why an asked-for address is not to be had; undefined when it is free. */
export function addressRefusal(
  state: ClusterState,
  family: IpFamily,
  text: string,
  { dryRun }: Write,
): string | undefined {
  const address = parseAddress(text)!;
  const words = parseAddressWords(address)!;
  const range = serviceRanges(state, family).find((cidr) => cidrContains(cidr, words));
  if (range === undefined) return "the provided network does not match the current range";
  if (!usable(range, words)) {
    return `the provided IP (${address}) is not in the valid range. The range of valid IPs is ${formatCidr(range)}`;
  }
  return !dryRun && state.allocations.addresses.has(address) ? "provided IP is already allocated" : undefined;
}

/** Not the network's own address, and in IPv4 not the broadcast address. */
function usable(cidr: Cidr, words: AddressWords): boolean {
  const { first, last } = usableOffsets(cidr);
  if (compareAddresses(words, parseAddressWords(cidrAddress(cidr, first))!) < 0) return false;
  return compareAddresses(words, parseAddressWords(cidrAddress(cidr, last))!) <= 0;
}

/** Offsets of the first and the last address that a Service can have. */
function usableOffsets(cidr: Cidr): { first: number; last: number } {
  const size = Math.min(cidrSize(cidr), 2 ** 52);
  const last = cidr.words.length === 1 ? size - 2 : size - 1;
  return size === 1 ? { first: 0, last: 0 } : { first: 1, last: Math.max(1, last) };
}

/**
 * A free address: from the upper band of the range a random one and from there the next that is free, around the end;
 * when that band is full, the same in the lower one, which is meant for addresses that users ask for (KEP-3070).
 * Undefined when all ranges are full. A dry run takes nothing: it gets the network's own address.
 */
export function nextAddress(
  state: ClusterState,
  family: IpFamily,
  { random, dryRun }: Write,
  taken: readonly string[],
): string | undefined {
  const free = (address: string): boolean => !state.allocations.addresses.has(address) && !taken.includes(address);
  for (const cidr of serviceRanges(state, family)) {
    if (dryRun) return cidrAddress(cidr, 0);
    const { first, last } = usableOffsets(cidr);
    const offset = dynamicOffset(cidrSize(cidr));
    const found = scan(cidr, first + offset, last, random, free) ?? scan(cidr, first, first + offset - 1, random, free);
    if (found !== undefined) return found;
  }
  return undefined;
}

function scan(
  cidr: Cidr,
  first: number,
  last: number,
  random: Random,
  free: (address: string) => boolean,
): string | undefined {
  const count = last - first + 1;
  if (count <= 0) return undefined;
  const start = random.below(count);
  for (let step = 0; step < count; step++) {
    const address = cidrAddress(cidr, first + ((start + step) % count));
    if (free(address)) return address;
  }
  return undefined;
}

/** How many addresses at the beginning of a range are left to those who ask for one. */
export function dynamicOffset(size: number): number {
  if (size <= 16) return 0;
  return Math.min(Math.max(16, Math.floor(size / 16)), 256);
}
