import type { EndpointsEntry } from "./endpoints-entry.ts";
import type { PodEntry } from "./pod-entry.ts";
import type { PortEntry, ServiceEntry } from "./service-entry.ts";

/** Whether a changed Service changes records of the cluster's zone, and of a zone of external addresses (serviceModified). */
export function serviceChange(before: ServiceEntry, after: ServiceEntry): { internal: boolean; external: boolean } {
  const ports = !samePorts(before.ports, after.ports);
  return {
    internal: ports || before.externalName !== after.externalName,
    external: ports || !sameTexts(before.externalIPs, after.externalIPs),
  };
}

/** Whether a changed slice changes records (endpointsEquivalent): the Pods' names do not count. */
export function endpointsChanged(before: EndpointsEntry, after: EndpointsEntry): boolean {
  return !(
    sameZones(before.zones, after.zones) &&
    samePorts(before.ports, after.ports) &&
    sameLists(before.addresses, after.addresses, (a, b) => a.ip === b.ip && a.hostname === b.hostname)
  );
}

/** Whether a changed Pod changes records (podModified). */
export function podChanged(before: PodEntry, after: PodEntry): boolean {
  return !sameTexts(before.ips, after.ips);
}

function samePorts(a: readonly PortEntry[], b: readonly PortEntry[]): boolean {
  return sameLists(a, b, (x, y) => x.name === y.name && x.port === y.port && x.protocol === y.protocol);
}

function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  return sameLists(a, b, (x, y) => x === y);
}

function sameZones(a: EndpointsEntry["zones"], b: EndpointsEntry["zones"]): boolean {
  return a?.size === b?.size && [...(a ?? [])].every(([ip, zone]) => b?.get(ip) === zone);
}

function sameLists<T>(a: readonly T[], b: readonly T[], same: (x: T, y: T) => boolean): boolean {
  return a.length === b.length && a.every((x, i) => same(x, b[i]!));
}
