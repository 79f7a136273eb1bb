import {
  type AddressWords,
  familyOf,
  formatAddress,
  type IpAddress,
  type IpFamily,
  parseAddressWords,
} from "@kubenetsim/core/net/address";
import { type Cidr, maskWords } from "@kubenetsim/core/net/cidr";

/**
 * Addresses as kube-proxy reads them: objects stored before validation became strict may hold leading zeros, which
 * `netutils.ParseIPSloppy` reads as decimal (k8s.io/utils/net/parse.go), and an IPv4-mapped IPv6 address is IPv4.
 */
export function parseSloppyWords(text: string): AddressWords | undefined {
  const words = parseAddressWords(withoutLeadingZeros(text));
  const mapped = words?.length === 4 && words[0] === 0 && words[1] === 0 && words[2] === 0xffff;
  return mapped ? [words[3]!] : words;
}

/** The canonical address of a sloppy one; undefined for what is no address at all. */
export function parseSloppyAddress(text: string): IpAddress | undefined {
  const words = parseSloppyWords(text);
  return words === undefined ? undefined : formatAddress(words);
}

/** A CIDR with leading zeros and host bits forgiven (`netutils.ParseCIDRSloppy`). */
export function parseSloppyCidr(text: string): Cidr | undefined {
  const slash = text.indexOf("/");
  if (slash < 0) return undefined;
  const words = parseSloppyWords(text.slice(0, slash));
  const bits = text.slice(slash + 1);
  if (words === undefined || !/^\d{1,3}$/.test(bits)) return undefined;
  const prefix = Number(bits);
  return prefix > words.length * 32 ? undefined : { words: maskWords(words, prefix), prefix };
}

/** The addresses of one family, in their order; what is no address is left out. */
export function addressesOfFamily(texts: readonly string[], family: IpFamily): IpAddress[] {
  const addresses: IpAddress[] = [];
  for (const text of texts) {
    const address = parseSloppyAddress(text);
    if (address !== undefined && familyOf(address) === family) addresses.push(address);
  }
  return addresses;
}

/** The CIDRs of one family, in their order; what is no CIDR is left out. */
export function cidrsOfFamily(texts: readonly string[], family: IpFamily): Cidr[] {
  const length = family === "IPv4" ? 1 : 4;
  return texts.map(parseSloppyCidr).filter((cidr) => cidr !== undefined && cidr.words.length === length) as Cidr[];
}

function withoutLeadingZeros(text: string): string {
  return text.includes(".") ? text.replace(/(^|[.:])0+(?=\d+(?:\.|$))/g, "$1") : text;
}
