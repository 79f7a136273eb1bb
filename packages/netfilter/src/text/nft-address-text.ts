import { type AddressWords, addToAddress, compareAddresses, formatAddress } from "@kubenetsim/core/net/address";
import { type Cidr, maskWords, wordMask } from "@kubenetsim/core/net/cidr";

/** As glibc's inet_ntop prints it: `::1.2.3.4` where an IPv6 address has nothing but its last 32 bits. */
export function nftAddress(words: AddressWords): string {
  const [first, second, third, last] = words;
  if (words.length === 4 && first === 0 && second === 0 && third === 0 && last! >>> 16 !== 0) {
    return `::${formatAddress([last!])}`;
  }
  return formatAddress(words);
}

/** The last address of a range. */
export function lastOf(cidr: Cidr): AddressWords {
  return cidr.words.map((word, i) => word | ~wordMask(cidr.prefix, i));
}

/** From the first to the last address, both included. */
export interface AddressInterval {
  readonly first: AddressWords;
  readonly last: AddressWords;
}

/** In order, with those that overlap or touch made one. */
export function mergedIntervals(intervals: readonly AddressInterval[]): AddressInterval[] {
  const merged: AddressInterval[] = [];
  for (const next of [...intervals].sort((a, b) => compareAddresses(a.first, b.first))) {
    const before = merged.at(-1);
    if (before === undefined || !touches(before, next)) merged.push(next);
    else if (compareAddresses(next.last, before.last) > 0) merged[merged.length - 1] = { ...before, last: next.last };
  }
  return merged;
}

function touches(before: AddressInterval, next: AddressInterval): boolean {
  if (compareAddresses(next.first, before.last) <= 0) return true;
  return compareAddresses(next.first, addToAddress(before.last, 1)) === 0;
}

/** `1.2.3.4`, `1.2.3.0/24` where it is a whole prefix, else `1.2.3.4-1.2.3.9`. */
export function intervalText(interval: AddressInterval): string {
  const bits = interval.first.length * 32;
  const prefix = prefixFrom(interval.first, interval);
  if (prefix === bits) return singleOrRange(interval);
  const last = lastOf({ words: interval.first, prefix });
  return compareAddresses(last, interval.last) === 0
    ? `${nftAddress(interval.first)}/${prefix}`
    : singleOrRange(interval);
}

function singleOrRange({ first, last }: AddressInterval): string {
  return compareAddresses(first, last) === 0 ? nftAddress(first) : `${nftAddress(first)}-${nftAddress(last)}`;
}

/** The prefixes that cover an interval exactly, the fewest that do. */
export function intervalCidrs(interval: AddressInterval): Cidr[] {
  const cidrs: Cidr[] = [];
  let from = interval.first;
  for (;;) {
    const cidr = { words: from, prefix: prefixFrom(from, interval) };
    cidrs.push(cidr);
    const last = lastOf(cidr);
    if (compareAddresses(last, interval.last) >= 0) return cidrs;
    from = addToAddress(last, 1);
  }
}

/** The widest prefix that starts at this address and stays inside. */
function prefixFrom(from: AddressWords, interval: AddressInterval): number {
  let prefix = from.length * 32;
  while (prefix > 0) {
    const wider = prefix - 1;
    if (compareAddresses(maskWords(from, wider), from) !== 0) break;
    if (compareAddresses(lastOf({ words: from, prefix: wider }), interval.last) > 0) break;
    prefix = wider;
  }
  return prefix;
}
