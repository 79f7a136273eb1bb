import type { DnsName } from "./resource-record.ts";

/** What stands before the zone, without a dot at its end: `web.default.svc`; empty for the zone itself. */
export function relativeName(name: DnsName, zone: DnsName): string {
  const length = name.length - (zone === "." ? 0 : zone.length) - 1;
  return length <= 0 ? "" : name.slice(0, length);
}

/** The name in a zone. */
export function nameInZone(relative: string, zone: DnsName): DnsName {
  return zone === "." ? `${relative}.` : `${relative}.${zone}`;
}
