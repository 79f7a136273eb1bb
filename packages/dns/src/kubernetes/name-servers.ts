import { nameInZone } from "../message/relative-name.ts";
import type { DnsName } from "../message/resource-record.ts";
import { type HostAddress, hostAddress } from "./backend-service.ts";
import type { EndpointsEntry } from "./endpoints-entry.ts";
import type { ObjectIndex } from "./object-index.ts";
import type { ServiceEntry } from "./service-entry.ts";

/** A name of the DNS server itself, with one of its addresses. */
export interface NameServer extends HostAddress {
  readonly name: DnsName;
}

interface NamedIp {
  /** Below the zone. */
  readonly name: string;
  readonly ip: string;
}

/** How the names of a zone's servers are found. */
export interface NameServerNames {
  /** What a Service whose endpoint the server is gives. */
  readonly of: (service: ServiceEntry, endpoints: EndpointsEntry) => readonly NamedIp[];
}

/** In a cluster's zone: the Service's addresses, or for a headless one its endpoints. */
export const clusterNames: NameServerNames = {
  of: (service, endpoints) =>
    service.isHeadless
      ? endpointNames(service.relativeName, endpoints)
      : service.clusterIPs.map((ip) => ({ name: service.relativeName, ip })),
};

/** In a zone of external addresses. */
export function externalNames(headless: boolean): NameServerNames {
  return {
    of: (service, endpoints) => {
      const name = `${service.name}.${service.namespace}`;
      if (headless && service.isHeadless) return endpointNames(name, endpoints);
      return service.externalIPs.map((ip) => ({ name, ip }));
    },
  };
}

function endpointNames(below: string, { addresses }: EndpointsEntry): NamedIp[] {
  return addresses.map(({ name, ip }) => ({ name: `${name}.${below}`, ip }));
}

/**
 * The zone's servers: the Services of which this server is an endpoint, else its own addresses under `ns.dns`
 * (plugin/kubernetes/ns.go). The same address can come several times.
 */
export function nameServers(
  zone: DnsName,
  ownAddresses: readonly string[],
  index: ObjectIndex,
  names: NameServerNames = clusterNames,
): NameServer[] {
  const slices = ownAddresses.flatMap((ip) => index.endpointsByAddress.members(ip));
  const found = slices.flatMap((endpoints) => {
    const service = index.services.get(endpoints.serviceKey);
    return service === undefined ? [] : names.of(service, endpoints);
  });
  const named = slices.length === 0 ? ownAddresses.map((ip) => ({ name: "ns.dns", ip })) : found;
  return named.flatMap(({ name, ip }) => {
    const address = hostAddress(ip);
    return address === undefined ? [] : [{ ...address, name: nameInZone(name, zone) }];
  });
}
