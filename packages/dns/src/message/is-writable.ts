import type { DnsMessage } from "./dns-message.ts";
import { isDomainName, isFullyQualified } from "./dns-name.ts";
import type { DnsName, ResourceRecord } from "./resource-record.ts";

/** False where a record has a name that cannot be written (miekg/dns, packDomainName): a server that made it sends nothing. */
export function isWritable({ answers, authorities, additionals }: DnsMessage): boolean {
  return [answers, authorities, additionals].every((section) =>
    section.every((record) => namesOf(record).every(isName)),
  );
}

function isName(name: DnsName): boolean {
  return isFullyQualified(name) && isDomainName(name);
}

function namesOf(record: ResourceRecord): DnsName[] {
  if (record.type === "MX") return [record.name, record.exchange];
  if (record.type === "SOA") return [record.name, record.mname, record.rname];
  return "target" in record ? [record.name, record.target] : [record.name];
}
