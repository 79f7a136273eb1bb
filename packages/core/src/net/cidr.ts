import { type AddressWords, addToAddress, formatAddress, type IpAddress, parseAddressWords } from "./address.ts";

/** An address range: the network's words (host bits are zero) and the prefix length in bits. */
export interface Cidr {
  readonly words: AddressWords;
  readonly prefix: number;
}

/** `10.0.0.0/8`, or undefined for what netip.ParsePrefix refuses. Host bits are cleared. */
export function parseCidr(text: string): Cidr | undefined {
  const slash = text.indexOf("/");
  if (slash < 0) return undefined;
  const words = parseAddressWords(text.slice(0, slash));
  const bits = text.slice(slash + 1);
  if (words === undefined || !/^(0|[1-9][0-9]{0,2})$/.test(bits)) return undefined;
  const prefix = Number(bits);
  return prefix > words.length * 32 ? undefined : { words: maskWords(words, prefix), prefix };
}

/** `/32` or `/128` of one address. */
export function hostCidr(words: AddressWords): Cidr {
  return { words, prefix: words.length * 32 };
}

export function formatCidr(cidr: Cidr): string {
  return `${formatAddress(cidr.words)}/${cidr.prefix}`;
}

/** True when the address is of the same family and in the range. */
export function cidrContains(cidr: Cidr, address: AddressWords): boolean {
  if (cidr.words.length !== address.length) return false;
  for (let i = 0; i < address.length; i++) {
    if ((address[i]! & wordMask(cidr.prefix, i)) !== cidr.words[i]) return false;
  }
  return true;
}

/** How many addresses the range holds; above 2^53 it is not exact. */
export function cidrSize(cidr: Cidr): number {
  return 2 ** (cidr.words.length * 32 - cidr.prefix);
}

/** The address at `offset` from the network's first. */
export function cidrAddress(cidr: Cidr, offset: number): IpAddress {
  return formatAddress(addToAddress(cidr.words, offset));
}

/** The mask of one 32-bit word of a prefix: `wordMask(24, 0)` is 255.255.255.0 as a signed integer. */
export function wordMask(prefix: number, wordIndex: number): number {
  const bits = Math.min(32, Math.max(0, prefix - 32 * wordIndex));
  return bits === 0 ? 0 : -1 << (32 - bits);
}

export function maskWords(words: AddressWords, prefix: number): AddressWords {
  return words.map((word, i) => word & wordMask(prefix, i));
}
