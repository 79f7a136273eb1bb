import { nameInZone } from "../message/relative-name.ts";
import type { AddressRecord, DnsName, SrvRecord } from "../message/resource-record.ts";
import { type BackendService, hostAddress } from "./backend-service.ts";

/**
 * SRV records with the addresses of their targets (plugin/backend_lookup.go, SRV). The weight is 100 shared among all entries,
 * those that come to the same record and those of the other family counted too.
 */
export function srvRecords(
  name: DnsName,
  zone: DnsName,
  services: readonly BackendService[],
): { answers: SrvRecord[]; additionals: AddressRecord[] } {
  const answers = new Map<string, SrvRecord>();
  const additionals = new Map<string, AddressRecord>();
  const weight = srvWeight(services.length);
  for (const { host, port, ttl, relativeName } of services) {
    const found = hostAddress(host);
    if (port === -1 || found === undefined) continue;
    const target = nameInZone(relativeName, zone);
    const answer: SrvRecord = { name, type: "SRV", class: "IN", ttl, priority: 0, weight, port, target };
    setOnce(answers, `${port} ${target}`, answer);
    setOnce(additionals, `${host} ${target}`, {
      name: target,
      type: found.type,
      class: "IN",
      ttl,
      address: found.address,
    });
  }
  return { answers: [...answers.values()], additionals: [...additionals.values()] };
}

/** A hundredth of 100 at least, rounded down as CoreDNS's floating point numbers come out. */
export function srvWeight(count: number): number {
  return Math.max(1, Math.floor((100 / (100 * count)) * 100));
}

function setOnce<T>(map: Map<string, T>, key: string, value: T): void {
  if (!map.has(key)) map.set(key, value);
}
