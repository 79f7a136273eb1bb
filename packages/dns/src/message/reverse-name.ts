import { type IpAddress, parseAddressWords } from "@kubenetsim/core/net/address";
import type { DnsName } from "./resource-record.ts";

/** The name that PTR records of an address have: `10.0.0.1` → `1.0.0.10.in-addr.arpa.` (RFC 1035, 3.5; RFC 3596, 2.5). */
export function reverseName(address: IpAddress): DnsName {
  if (!address.includes(":")) return `${address.split(".").reverse().join(".")}.in-addr.arpa.`;
  const digits = parseAddressWords(address)!.map((word) => (word >>> 0).toString(16).padStart(8, "0"));
  return `${[...digits.join("")].reverse().join(".")}.ip6.arpa.`;
}
