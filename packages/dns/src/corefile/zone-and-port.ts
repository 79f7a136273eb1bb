import { type AddressWords, addToAddress, formatAddress } from "@kubenetsim/core/net/address";
import type { Cidr } from "@kubenetsim/core/net/cidr";
import { fullyQualified, isDomainName, lowerName } from "../message/dns-name.ts";
import type { DnsName } from "../message/resource-record.ts";
import { reverseName } from "../message/reverse-name.ts";
import { addressRange } from "./address-range.ts";

/** A zone that cannot be one; `message` is CoreDNS's. */
export class ZoneError extends Error {}

/**
 * A zone with an optional port, as server blocks and plugins name them; an address range stands for reverse zones, several where
 * it is not cut at a label's boundary (plugin/normalize.go, SplitHostPort).
 *
 * @throws ZoneError
 *
 * @example splitZoneAndPort("10.0.0.0/15:1053") // { zones: ["0.10.in-addr.arpa.", "1.10.in-addr.arpa."], port: 1053 }
 */
export function splitZoneAndPort(text: string): { zones: readonly string[]; port: number | undefined } {
  const colon = text.lastIndexOf(":");
  if (colon >= 0 && colon === text.length - 1) throw new ZoneError(`expecting data after last colon: "${text}"`);
  const number = colon < 0 ? null : /^[+-]?\d+$/.exec(text.slice(colon + 1));
  const port = number === null ? undefined : Number(number[0]);
  const zone = number === null ? text : text.slice(0, colon);
  if (zone.length > 255) throw new ZoneError(`specified zone is too long: ${zone.length} > 255`);
  if (!isDomainName(zone)) throw new ZoneError(`zone is not a valid domain name: ${zone}`);
  const range = addressRange(zone);
  if (range === undefined) return { zones: [zone], port };
  if (zone.startsWith(":") || (zone.startsWith("0") && zone.includes(":"))) throw new ZoneError(`invalid CIDR ${zone}`);
  return { zones: reverseZones(range), port };
}

/** The zones that a plugin's arguments name, lower case and fully qualified; without arguments those of its server block. */
export function originsOf(args: readonly string[], blockZones: readonly DnsName[]): DnsName[] {
  if (args.length === 0) return [...blockZones];
  return args.flatMap((arg) => exactZones(arg).map(normalizedZone));
}

/** None for a text that is no zone: CoreDNS overlooks it. */
function exactZones(arg: string): readonly string[] {
  try {
    return splitZoneAndPort(arg.replace(/^(?:tls|dns|quic|grpc|https3?|unix):\/\//, "")).zones;
  } catch (error) {
    if (error instanceof ZoneError) return [];
    throw error;
  }
}

/** plugin.Name.Normalize. */
export function normalizedZone(zone: string): DnsName {
  return lowerName(fullyQualified(zone));
}

/** plugin/pkg/cidr: Split and Reverse. */
function reverseZones({ words, prefix }: Cidr): DnsName[] {
  const bits = words.length === 1 ? 8 : 4;
  const cut = Math.ceil(prefix / bits) * bits;
  const zones: DnsName[] = [];
  for (let index = 0; index < 2 ** (cut - prefix); index++) {
    const labels = reverseName(formatAddress(addNetworks(words, cut, index))).split(".");
    const dropped = (words.length * 32 - cut) / bits;
    zones.push(labels.slice(dropped).join("."));
  }
  return zones;
}

/** The network `count` places further, of networks with this prefix. */
function addNetworks(words: AddressWords, prefix: number, count: number): AddressWords {
  const word = Math.ceil(prefix / 32) - 1;
  if (word < 0 || count === 0) return words;
  const inWord = count * 2 ** (32 * (word + 1) - prefix);
  return [...addToAddress(words.slice(0, word + 1), inWord), ...words.slice(word + 1)];
}
