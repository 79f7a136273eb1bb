import { isInZone } from "./dns-name.ts";
import type { DnsName } from "./resource-record.ts";

/** The longest of the zones that a name (lower case) lies in; undefined where it lies in none (plugin/normalize.go, Zones.Matches). */
export function longestZone(zones: readonly DnsName[], name: DnsName): DnsName | undefined {
  let longest: DnsName | undefined;
  for (const zone of zones) {
    if ((longest === undefined || zone.length > longest.length) && isInZone(name, zone)) longest = zone;
  }
  return longest;
}
