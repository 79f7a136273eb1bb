import { labelsOf } from "../message/dns-name.ts";
import { nameInZone } from "../message/relative-name.ts";
import type { DnsName, ResourceRecord } from "../message/resource-record.ts";
import { type BackendService, hostAddress } from "./backend-service.ts";
import { type ExternalLookup, externalAddresses, externalSrv } from "./external-records.ts";
import { type ExternalEndpoint, externalEndpoints, externalNameOf } from "./external-services.ts";
import type { ObjectIndex } from "./object-index.ts";
import { type PortEntry, portName, type ServiceEntry } from "./service-entry.ts";

/**
 * The records of all external addresses, and of headless Services where they are wanted (plugin/k8s_external/transfer.go). Of the
 * SRV records of one name the first alone is there, but those of headless Services are there twice.
 */
export function externalZoneRecords(
  index: ObjectIndex,
  options: { readonly headless: boolean; readonly ttl: number },
  lookup: ExternalLookup,
): ResourceRecord[] {
  const services = [...index.services.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  const seenSrv = new Set<DnsName>();
  return services.flatMap((service) => {
    const isHeadless = options.headless && service.externalIPs.length === 0 && service.isHeadless;
    if (isHeadless) return headlessRecords(service, externalEndpoints(service, index, options.ttl), lookup);
    return service.externalIPs.flatMap((host) =>
      service.ports.flatMap((port) => portRecords(service, host, port, options.ttl, seenSrv, lookup)),
    );
  });
}

function portRecords(
  service: ServiceEntry,
  host: string,
  portEntry: PortEntry,
  ttl: number,
  seenSrv: Set<DnsName>,
  lookup: ExternalLookup,
): ResourceRecord[] {
  const relativeName = externalNameOf(service);
  const entry: BackendService = { host, port: portEntry.port, ttl, relativeName, service };
  const name = nameInZone(relativeName, lookup.zone);
  const srvOnce = (owner: DnsName, target: string): readonly ResourceRecord[] => {
    const { answers } = externalSrv(owner, [{ ...entry, host: target }], lookup);
    if (answers.length === 0 || seenSrv.has(owner)) return [];
    seenSrv.add(owner);
    return answers;
  };
  return [
    ...bothFamilies(name, [entry], lookup),
    ...srvOnce(name, host),
    ...srvOnce(portName(portEntry, name), withoutTwo(host)),
  ];
}

/** CoreDNS takes the port's two labels off the target, be it a load balancer's name that never had them. */
function withoutTwo(host: string): string {
  if (hostAddress(host) !== undefined) return host;
  const labels = labelsOf(host);
  return labels.length > 2 ? labels.slice(2).join(".") : host;
}

function headlessRecords(
  service: ServiceEntry,
  endpoints: readonly ExternalEndpoint[],
  lookup: ExternalLookup,
): ResourceRecord[] {
  const name = nameInZone(externalNameOf(service), lookup.zone);
  const twice = (owner: DnsName, entries: readonly BackendService[]): ResourceRecord[] => {
    const { answers } = externalSrv(owner, entries, lookup);
    return [...answers, ...answers];
  };
  if (endpoints.length === 0) return [];
  const named = endpoints.filter(({ portEntry }) => portEntry.name !== "");
  const owners = new Set(named.map(({ portEntry }) => portName(portEntry, name)));
  return [
    ...bothFamilies(name, endpoints, lookup),
    ...twice(name, endpoints),
    ...endpoints.flatMap((endpoint) => {
      const owner = nameInZone(endpoint.relativeName, lookup.zone);
      return [...bothFamilies(owner, [endpoint], lookup), ...twice(owner, [endpoint])];
    }),
    ...[...owners].flatMap((owner) => {
      const entries = named.filter(({ portEntry }) => portName(portEntry, name) === owner);
      return externalSrv(owner, entries, lookup).answers;
    }),
  ];
}

function bothFamilies(
  name: DnsName,
  services: readonly BackendService[],
  lookup: ExternalLookup,
): readonly ResourceRecord[] {
  return (["A", "AAAA"] as const).flatMap((type) => externalAddresses(name, type, services, lookup).answers);
}
