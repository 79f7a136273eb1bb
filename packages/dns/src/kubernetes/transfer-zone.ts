import { nameInZone } from "../message/relative-name.ts";
import type { DnsName, ResourceRecord } from "../message/resource-record.ts";
import { hostAddress } from "./backend-service.ts";
import { isExposed } from "./find-services.ts";
import { nameServers } from "./name-servers.ts";
import { portName, type ServiceEntry } from "./service-entry.ts";
import { srvWeight } from "./srv-records.ts";
import type { ZoneLookup } from "./zone-lookup.ts";
import { addressRecord, aliasRecord, soaRecord } from "./zone-records.ts";

/** All records of a cluster's zone (plugin/kubernetes/xfr.go): Services and their endpoints, in the order of the Services' names. */
export function transferZone(lookup: ZoneLookup, serial: number): ResourceRecord[] {
  const soa = soaRecord(lookup);
  if (serial !== 0 && soa.serial === serial) return [soa];
  const { zone, options, index, ownAddresses } = lookup;
  const servers = nameServers(zone, ownAddresses, index);
  const services = [...index.services.values()]
    .filter(({ namespace }) => isExposed(namespace, index, options))
    .sort((a, b) => (a.name === b.name ? order(a.namespace, b.namespace) : order(a.name, b.name)));
  return [
    soa,
    ...[...new Set(servers.map(({ name }) => name))].map((target) => nsRecord(zone, target, options.ttl)),
    // Addresses of the servers go without a time to live.
    ...servers.map(({ name, type, address }) => addressRecord(name, type, address, 0)),
    ...services.flatMap((service) => recordsOf(service, lookup)),
    soa,
  ];
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function nsRecord(name: DnsName, target: DnsName, ttl: number): ResourceRecord {
  return { name, type: "NS", class: "IN", ttl, target };
}

function recordsOf(service: ServiceEntry, lookup: ZoneLookup): ResourceRecord[] {
  const name = nameInZone(service.relativeName, lookup.zone);
  const { ttl } = lookup.options;
  switch (service.type) {
    case "ExternalName":
      return hostAddress(service.externalName) === undefined ? [aliasRecord(name, service.externalName, ttl)] : [];
    case "ClusterIP":
    case "NodePort":
    case "LoadBalancer":
      if (hostAddress(service.clusterIPs[0]!) === undefined) return endpointRecords(service, name, lookup);
      return [
        ...service.clusterIPs.flatMap((ip) => addresses(name, ip, ttl)),
        ...service.ports.flatMap((port) => [
          srv(name, port.port, 100, name, ttl),
          ...(port.name === "" ? [] : [srv(portName(port, name), port.port, 100, name, ttl)]),
        ]),
      ];
    default:
      return [];
  }
}

/** Of a headless Service; the weight counts the addresses of one slice. */
function endpointRecords(service: ServiceEntry, name: DnsName, lookup: ZoneLookup): ResourceRecord[] {
  const { ttl } = lookup.options;
  return lookup.index.endpointsByService.members(service.key).flatMap(({ addresses: ready, ports }) => {
    const weight = srvWeight(ready.length);
    return ready.flatMap((endpoint) => {
      const endpointName = nameInZone(`${endpoint.name}.${service.relativeName}`, lookup.zone);
      return [
        ...addresses(name, endpoint.ip, ttl),
        ...addresses(endpointName, endpoint.ip, ttl),
        ...ports
          .filter((port) => port.name !== "")
          .map((port) => srv(portName(port, name), port.port, weight, endpointName, ttl)),
      ];
    });
  });
}

function addresses(name: DnsName, ip: string, ttl: number): ResourceRecord[] {
  const found = hostAddress(ip);
  return found === undefined ? [] : [addressRecord(name, found.type, found.address, ttl)];
}

/** A port that is none (-1) is written as 16 bits hold it. */
function srv(name: DnsName, port: number, weight: number, target: DnsName, ttl: number): ResourceRecord {
  return { name, type: "SRV", class: "IN", ttl, priority: 0, weight, port: port & 0xffff, target };
}
