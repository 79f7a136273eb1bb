import { parseAddressWords } from "@kubenetsim/core/net/address";
import { type Cidr, cidrContains, hostCidr, parseCidr, wordMask } from "@kubenetsim/core/net/cidr";

interface AddressRanges {
  /** Networks of IPv4 by their masks. */
  readonly networks: ReadonlyMap<number, ReadonlySet<number>>;
  /** Those of IPv6. */
  readonly wide: readonly Cidr[];
}

/** Ranges of lists of annotations and settings, which never change. */
const known = new WeakMap<readonly string[], AddressRanges>();

/** Whether an address is one of these addresses and ranges; what is neither holds nothing. The list is read once, for all requests. */
export function isInRanges(list: readonly string[], address: string): boolean {
  if (list.length === 0) return false;
  const words = parseAddressWords(address);
  if (words === undefined) return false;
  const { networks, wide } = rangesOf(list);
  if (words.length > 1) return wide.some((range) => cidrContains(range, words));
  for (const [mask, ofMask] of networks) if (ofMask.has(words[0]! & mask)) return true;
  return false;
}

function rangesOf(list: readonly string[]): AddressRanges {
  let ranges = known.get(list);
  if (ranges === undefined) {
    ranges = readRanges(list);
    known.set(list, ranges);
  }
  return ranges;
}

function readRanges(list: readonly string[]): AddressRanges {
  const ranges = list.map(rangeOf).filter((range) => range !== undefined);
  const networks = new Map<number, Set<number>>();
  for (const { words, prefix } of ranges.filter((range) => range.words.length === 1)) {
    const mask = wordMask(prefix, 0);
    const ofMask = networks.get(mask) ?? new Set();
    networks.set(mask, ofMask.add(words[0]! & mask));
  }
  return { networks, wide: ranges.filter((range) => range.words.length > 1) };
}

function rangeOf(text: string): Cidr | undefined {
  const single = parseAddressWords(text);
  return single === undefined ? parseCidr(text) : hostCidr(single);
}
