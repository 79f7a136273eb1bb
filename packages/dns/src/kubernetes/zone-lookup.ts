import type { DnsMessage } from "../message/dns-message.ts";
import { lowerName } from "../message/dns-name.ts";
import type { RecordType } from "../message/record-type.ts";
import { relativeName } from "../message/relative-name.ts";
import type { DnsName } from "../message/resource-record.ts";
import { type BackendService, hostAddress } from "./backend-service.ts";
import { type Found, findRecords, missing, nothingFound } from "./find-services.ts";
import { nameServers } from "./name-servers.ts";
import type { ObjectIndex } from "./object-index.ts";
import type { KubernetesOptions } from "./options.ts";
import { parseRecordRequest } from "./record-request.ts";
import { serviceRecordsOf } from "./reverse.ts";
import { addressInReverseName, isReverseName } from "./reverse-address.ts";

/** What the records of one question are made from. */
export interface ZoneLookup {
  readonly index: ObjectIndex;
  readonly options: KubernetesOptions;
  /** Of the server itself. */
  readonly ownAddresses: readonly string[];
  /** In the case of the question. */
  readonly zone: DnsName;
  /** Asks for what lies outside of the zone. */
  readonly askElsewhere: (name: DnsName, type: RecordType) => DnsMessage | undefined;
  /** Where it is told what the answer was made from. */
  readonly onFound?: ((services: readonly BackendService[]) => void) | undefined;
}

const dnsVersion = { text: "1.1.0", ttl: 28_800 };

/** What a name leads to when records of a type are asked for (plugin/kubernetes/kubernetes.go, Services). */
export function servicesOf(qname: DnsName, type: RecordType, lookup: ZoneLookup): Found {
  const name = lowerName(qname);
  if (type === "TXT") return textOf(name, lookup);
  if (isNameServerName(name, lookup.zone)) return serverAddresses(type, lookup);
  const found = recordsOf(name, lookup);
  if (type !== "SRV") return found;
  // An alias has no SRV records.
  return { ...found, services: found.services.filter(({ host }) => hostAddress(host) !== undefined) };
}

/** What an address in a name of a reverse zone leads to; for other names only whether they exist. */
export function reverseOf(qname: DnsName, lookup: ZoneLookup): Found {
  const name = lowerName(qname);
  const ip = addressInReverseName(name);
  if (ip === undefined) return { ...recordsOf(name, lookup), services: [] };
  const services = serviceRecordsOf(ip, lookup.index, lookup.options);
  return services.length === 0 ? missing("address") : { services };
}

function recordsOf(name: DnsName, { zone, index, options }: ZoneLookup): Found {
  const request = parseRecordRequest(name, zone, options.zonal);
  if (request === undefined) return missing("form");
  if (request.kind === "") return nothingFound;
  return isReverseName(name) ? missing("reverse") : findRecords(request, index, options);
}

function textOf(name: DnsName, lookup: ZoneLookup): Found {
  const { zone, options } = lookup;
  if (relativeName(name, zone) === "dns-version") {
    return { services: [{ ...dnsVersion, host: "", port: 0, relativeName: "dns-version" }] };
  }
  const found = recordsOf(name, lookup);
  if (found.services.length > 0) return nothingFound;
  const isZonal = options.zonal && (parseRecordRequest(name, zone, true)?.zone ?? "") !== "";
  return found.missing === undefined && isZonal ? nothingFound : missing(found.missing ?? "text");
}

/** Only where the zone was asked for in lower case. */
function isNameServerName(name: DnsName, zone: DnsName): boolean {
  return name.startsWith("ns.dns.") && name.indexOf(zone) === "ns.dns.".length;
}

function serverAddresses(type: RecordType, { zone, ownAddresses, index, options }: ZoneLookup): Found {
  const servers = nameServers(zone, ownAddresses, index).filter((server) => server.type === type);
  return {
    services: servers.map(({ address }) => ({ host: address, port: 0, ttl: options.ttl, relativeName: "ns.dns" })),
  };
}
