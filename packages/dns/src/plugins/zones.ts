import { isInZone } from "../message/dns-name.ts";
import type { DnsName } from "../message/resource-record.ts";

/** The longest of the zones that a name is in (plugin.Zones.Matches). All in lower case. */
export function longestZone(zones: readonly DnsName[], name: DnsName): DnsName | undefined {
  let longest: DnsName | undefined;
  for (const zone of zones) {
    if ((longest === undefined || zone.length > longest.length) && isInZone(name, zone)) longest = zone;
  }
  return longest;
}

/** True when a name is in one of the zones (plugin.Zones.Contains). All in lower case. */
export function isInAnyZone(zones: readonly DnsName[], name: DnsName): boolean {
  for (const zone of zones) if (isInZone(name, zone)) return true;
  return false;
}
