import type { ResourceRecord } from "@kubenetsim/dns/message/resource-record";

/** A record as dig prints it, with single spaces: `web. 30 IN A 10.96.0.80`; what differs from run to run stands as `serial`. */
export function recordText(record: ResourceRecord, serial: string): string {
  const { name, ttl, class: recordClass, type } = record;
  return `${name} ${ttl} ${recordClass} ${type} ${dataText(record, serial)}`;
}

function dataText(record: ResourceRecord, serial: string): string {
  switch (record.type) {
    case "A":
    case "AAAA":
      return record.address;
    case "CNAME":
    case "NS":
    case "PTR":
      return record.target;
    case "SRV":
      return `${record.priority} ${record.weight} ${record.port} ${record.target}`;
    case "SOA":
      return `${record.mname} ${record.rname} ${serial} ${record.refresh} ${record.retry} ${record.expire} ${record.minimum}`;
    case "TXT":
      return record.strings.map((text) => `"${text}"`).join(" ");
    default:
      throw new Error(`no text for records of type ${record.type}`);
  }
}
