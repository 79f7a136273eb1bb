import { fullyQualified, isInZone, lowerName } from "../message/dns-name.ts";
import type { RecordType } from "../message/record-type.ts";
import { nameInZone } from "../message/relative-name.ts";
import type { AddressRecord, DnsName, ResourceRecord, SoaRecord, TargetRecord } from "../message/resource-record.ts";
import { type BackendService, hostAddress } from "./backend-service.ts";
import type { Found, NameErrorReason } from "./find-services.ts";
import { nameServers } from "./name-servers.ts";
import { srvRecords } from "./srv-records.ts";
import { reverseOf, servicesOf, type ZoneLookup } from "./zone-lookup.ts";

/** The records of a question. None of them is NODATA, unless the name is `missing`. */
export interface ZoneRecords {
  readonly answers: readonly ResourceRecord[];
  readonly additionals: readonly ResourceRecord[];
  readonly truncated: boolean;
  readonly missing?: NameErrorReason | undefined;
}

const noRecords: readonly ResourceRecord[] = [];

const none: ZoneRecords = { answers: noRecords, additionals: noRecords, truncated: false };

const maxCnameChainLength = 10;

/** The records that a name of the zone has (plugin/backend_lookup.go, plugin/kubernetes/handler.go). */
export function zoneRecords(qname: DnsName, type: RecordType, lookup: ZoneLookup): ZoneRecords {
  switch (type) {
    case "A":
    case "AAAA":
      return chasedRecords(qname, type, lookup, []);
    case "TXT":
      return chasedRecords(qname, type, lookup, []);
    case "CNAME":
      return found(servicesOf(qname, type, lookup), lookup, (services) => aliases(qname, services.slice(0, 1)));
    case "PTR":
      return found(reverseOf(qname, lookup), lookup, (services) => pointers(qname, services));
    case "SRV":
      return serviceRecords(qname, lookup);
    case "SOA":
      return qname === lookup.zone ? { ...none, answers: [soaRecord(lookup)] } : none;
    case "NS":
      if (lowerName(qname) === lookup.zone) return serverRecords(qname, lookup);
      break;
    default:
  }
  // Whether the name exists is as an address record's look-up says.
  return { ...none, missing: servicesOf(qname, "A", lookup).missing };
}

/** The zone's own record; what it denies may be kept for `ttl` seconds. */
export function soaRecord({ zone, options: { ttl }, index }: ZoneLookup): SoaRecord {
  return {
    name: zone,
    type: "SOA",
    class: "IN",
    ttl: Math.min(ttl, 300),
    mname: nameInZone("ns.dns", zone),
    rname: nameInZone("hostmaster", zone),
    serial: index.serial,
    refresh: 7200,
    retry: 1800,
    expire: 86_400,
    minimum: ttl,
  };
}

type ChasedType = "A" | "AAAA" | "TXT";

/** Records of a name, and of what it is an alias of, within the zone or elsewhere. */
function chasedRecords(
  qname: DnsName,
  type: ChasedType,
  lookup: ZoneLookup,
  previous: readonly TargetRecord[],
): ZoneRecords {
  const looked = servicesOf(qname, type, lookup);
  if (looked.missing !== undefined) return { ...none, missing: looked.missing };
  lookup.onFound?.(looked.services);
  const answers: ResourceRecord[] = [];
  const seen = new Set<string>();
  let truncated = false;
  for (const service of looked.services) {
    const own = ownRecord(qname, type, service);
    if (own === "alias") {
      const chased = chase(qname, type, service, lookup, previous);
      answers.push(...chased.answers);
      truncated ||= chased.truncated;
    } else if (own !== undefined && !seen.has(service.host)) {
      seen.add(service.host);
      answers.push(own);
    }
  }
  return { answers, additionals: noRecords, truncated };
}

function ownRecord(qname: DnsName, type: ChasedType, service: BackendService): ResourceRecord | "alias" | undefined {
  const { host, text, ttl } = service;
  if (text !== undefined) {
    return type === "TXT" ? { name: qname, type, class: "IN", ttl, strings: [text] } : undefined;
  }
  const found = hostAddress(host);
  if (found === undefined) return "alias";
  return found.type === type ? addressRecord(qname, found.type, found.address, ttl) : undefined;
}

function chase(
  qname: DnsName,
  type: ChasedType,
  { host, ttl }: BackendService,
  lookup: ZoneLookup,
  previous: readonly TargetRecord[],
): ZoneRecords {
  const target = fullyQualified(host);
  const targetName = lowerName(target);
  if (isInZone(targetName, lowerName(qname))) return none;
  if (previous.length > maxCnameChainLength || previous.some((alias) => alias.target === target)) return none;
  const alias = aliasRecord(qname, host, ttl);
  if (isInZone(targetName, lowerName(lookup.zone))) {
    const next = chasedRecords(target, type, lookup, [...previous, alias]);
    return next.answers.length === 0 ? { ...none, truncated: next.truncated } : prefixed(alias, next);
  }
  const message = lookup.askElsewhere(target, type);
  if (message === undefined) return none;
  return prefixed(alias, { ...none, answers: message.answers, truncated: message.flags.tc });
}

function prefixed(alias: TargetRecord, next: ZoneRecords): ZoneRecords {
  return { ...none, answers: [alias, ...next.answers], truncated: next.truncated };
}

function found(
  { services, missing }: Found,
  lookup: ZoneLookup,
  print: (services: readonly BackendService[]) => ResourceRecord[],
): ZoneRecords {
  if (missing !== undefined) return { ...none, missing };
  lookup.onFound?.(services);
  return { ...none, answers: print(services) };
}

function aliases(qname: DnsName, services: readonly BackendService[]): ResourceRecord[] {
  return services
    .filter(({ host }) => hostAddress(host) === undefined)
    .map(({ host, ttl }) => aliasRecord(qname, host, ttl));
}

function pointers(qname: DnsName, services: readonly BackendService[]): ResourceRecord[] {
  const byHost = new Map(services.map((service) => [service.host, service]));
  return [...byHost.values()].map(({ host, ttl }) => ({ name: qname, type: "PTR", class: "IN", ttl, target: host }));
}

function serviceRecords(qname: DnsName, lookup: ZoneLookup): ZoneRecords {
  const looked = servicesOf(qname, "SRV", lookup);
  if (looked.missing !== undefined) return { ...none, missing: looked.missing };
  lookup.onFound?.(looked.services);
  return { ...none, ...srvRecords(qname, lookup.zone, looked.services) };
}

function serverRecords(qname: DnsName, lookup: ZoneLookup): ZoneRecords {
  const { ttl } = lookup.options;
  const servers = nameServers(lookup.zone, lookup.ownAddresses, lookup.index);
  const names = new Set(servers.map(({ name }) => name));
  return {
    ...none,
    answers: [...names].map((target) => ({ name: qname, type: "NS", class: "IN", ttl, target })),
    additionals: servers.map(({ name, type, address }) => addressRecord(name, type, address, ttl)),
  };
}

export function addressRecord(name: DnsName, type: "A" | "AAAA", address: string, ttl: number): AddressRecord {
  return { name, type, class: "IN", ttl, address };
}

export function aliasRecord(name: DnsName, host: string, ttl: number): TargetRecord {
  return { name, type: "CNAME", class: "IN", ttl, target: fullyQualified(host) };
}
