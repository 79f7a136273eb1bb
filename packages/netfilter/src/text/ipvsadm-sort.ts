import { type AddressWords, addressWords } from "@kubenetsim/core/net/address";
import { protocolNumbers } from "@kubenetsim/core/net/protocol";
import type { RealServerListing, VirtualServerListing } from "../ipvs/listing.ts";
import type { VirtualServer } from "../ruleset/virtual-server.ts";

/**
 * The order of `ipvsadm -Ln`: virtual servers by mark, family, protocol, address and port, real servers by address and
 * port (libipvs.c of ipvsadm 1.31, ipvs_cmp_services, ipvs_cmp_dests). Addresses compare by the sign of a 32-bit
 * difference, which is no order at all (192.168.0.0 comes before 10.0.0.0): with it counts how the C library sorts, and
 * how the kernel had them before.
 */
export function sortListing(listing: readonly VirtualServerListing[]): VirtualServerListing[] {
  const keyed = listing.map((entry) => ({ entry, key: virtualServerKey(entry.virtualServer) }));
  return mergeSort(keyed, (a, b) => compareKeys(a.key, b.key)).map(({ entry }) => ({
    ...entry,
    realServers: sortRealServers(entry.realServers),
  }));
}

function sortRealServers(realServers: readonly RealServerListing[]): RealServerListing[] {
  const keyed = realServers.map((entry) => {
    const { address, port } = entry.realServer;
    return { entry, key: [...addressWords(address), port] };
  });
  return mergeSort(keyed, (a, b) => compareKeys(a.key, b.key)).map(({ entry }) => entry);
}

function virtualServerKey({ fwmark, address, protocol, port }: VirtualServer): number[] {
  const words: AddressWords = fwmark === undefined ? addressWords(address) : [0];
  const family = address.includes(":") ? 10 : 2;
  const [protocolNumber, ownPort] = fwmark === undefined ? [protocolNumbers[protocol], port] : [0, 0];
  return [fwmark ?? 0, family, protocolNumber, ...words, ownPort];
}

/** By the sign of the first 32-bit difference. */
function compareKeys(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < a.length; i++) {
    const difference = (a[i]! - b[i]!) | 0;
    if (difference !== 0) return difference;
  }
  return 0;
}

/** qsort as glibc 2.36 has it: a merge sort that halves and takes the left one of equals. */
function mergeSort<T>(items: readonly T[], compare: (a: T, b: T) => number): T[] {
  if (items.length < 2) return [...items];
  const half = Math.floor(items.length / 2);
  const left = mergeSort(items.slice(0, half), compare);
  const right = mergeSort(items.slice(half), compare);
  const merged: T[] = [];
  let l = 0;
  let r = 0;
  while (l < left.length && r < right.length) {
    merged.push(compare(left[l]!, right[r]!) <= 0 ? left[l++]! : right[r++]!);
  }
  return [...merged, ...left.slice(l), ...right.slice(r)];
}
