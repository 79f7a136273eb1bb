import { formatAddress, parseAddressWords } from "@kubenetsim/core/net/address";
import { formatCidr, parseCidr } from "@kubenetsim/core/net/cidr";

/**
 * Addresses and ranges between commas, each as Go prints it, without doubles and sorted (internal/net/ipnet.go
 * `ParseCIDRs`); undefined when one of them is neither.
 *
 * @example
 * parseSourceRanges("10.0.0.7/8, 192.0.2.1"); // ["10.0.0.0/8", "192.0.2.1"]
 */
export function parseSourceRanges(text: string): readonly string[] | undefined {
  const ranges = new Set<string>();
  for (const part of text.split(",")) {
    const range = canonicalRange(part.trim());
    if (range === undefined) return undefined;
    ranges.add(range);
  }
  return [...ranges].sort();
}

function canonicalRange(text: string): string | undefined {
  const cidr = parseCidr(text);
  if (cidr !== undefined) return formatCidr(cidr);
  const address = parseAddressWords(text);
  if (address === undefined) return undefined;
  const isMapped = address.length === 4 && address[0] === 0 && address[1] === 0 && address[2] === 0xffff;
  return formatAddress(isMapped ? address.slice(3) : address);
}
