import type { DnsMessage } from "../message/dns-message.ts";
import { fullyQualified } from "../message/dns-name.ts";
import type { RecordType } from "../message/record-type.ts";
import { nameInZone } from "../message/relative-name.ts";
import type { DnsName, ResourceRecord, SrvRecord } from "../message/resource-record.ts";
import { type BackendService, hostAddress } from "./backend-service.ts";
import { srvWeight } from "./srv-records.ts";
import { addressRecord, aliasRecord } from "./zone-records.ts";

/** What the records of one question in a zone of external addresses are made with. */
export interface ExternalLookup {
  readonly zone: DnsName;
  /** Of addresses, in seconds; other records have that of the plugin kubernetes. */
  readonly ttl: number;
  /** Asks for the name of a load balancer. */
  readonly askElsewhere: (name: DnsName, type: RecordType) => DnsMessage | undefined;
}

interface FoundRecords {
  readonly answers: readonly ResourceRecord[];
  readonly truncated: boolean;
}

/** Addresses, and aliases of load balancers that are known by name (plugin/k8s_external/msg_to_dns.go). */
export function externalAddresses(
  name: DnsName,
  type: "A" | "AAAA",
  services: readonly BackendService[],
  { ttl, askElsewhere }: ExternalLookup,
): FoundRecords {
  const answers: ResourceRecord[] = [];
  const seen = new Set<string>();
  let truncated = false;
  for (const service of services) {
    const address = hostAddress(service.host);
    if (address === undefined) {
      const message = askElsewhere(fullyQualified(service.host), type);
      answers.push(aliasRecord(name, service.host, service.ttl), ...(message?.answers ?? []));
      truncated ||= message?.flags.tc ?? false;
    } else if (address.type === type && !seen.has(service.host)) {
      seen.add(service.host);
      answers.push(addressRecord(name, type, address.address, ttl));
    }
  }
  return { answers, truncated };
}

/** SRV records, with the addresses of their targets beside them. */
export function externalSrv(
  name: DnsName,
  services: readonly BackendService[],
  lookup: ExternalLookup,
): { answers: readonly SrvRecord[]; additionals: readonly ResourceRecord[] } {
  const weight = srvWeight(services.length);
  const answers = new Map<string, SrvRecord>();
  const additionals: ResourceRecord[] = [];
  const seen = new Set<string>();
  for (const { host, port, ttl, relativeName } of services) {
    if (port === -1) continue;
    const address = hostAddress(host);
    const target = address === undefined ? fullyQualified(host) : nameInZone(relativeName, lookup.zone);
    const key = `${port} ${target}`;
    if (!answers.has(key)) answers.set(key, { name, type: "SRV", class: "IN", ttl, priority: 0, weight, port, target });
    if (seen.has(`${host} ${target}`)) continue;
    seen.add(`${host} ${target}`);
    if (address !== undefined) additionals.push(addressRecord(target, address.type, address.address, lookup.ttl));
    else
      for (const type of ["A", "AAAA"] as const)
        additionals.push(...(lookup.askElsewhere(target, type)?.answers ?? []));
  }
  return { answers: [...answers.values()], additionals };
}

/** PTR records into a zone. */
export function externalPointers(
  name: DnsName,
  services: readonly BackendService[],
  zone: DnsName,
  ttl: number,
): ResourceRecord[] {
  const hosts = new Set(services.map(({ host }) => host));
  return [...hosts].map((host) => ({ name, type: "PTR", class: "IN", ttl, target: nameInZone(host, zone) }));
}
