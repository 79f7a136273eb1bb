import { recordDataText } from "@kubenetsim/dns/message/record-text";
import type { ResourceRecord } from "@kubenetsim/dns/message/resource-record";

/** A record as dig prints it, with single spaces: `web. 30 IN A 10.96.0.80`; what differs from run to run stands as `serial`. */
export function recordText(record: ResourceRecord, serial: string): string {
  const { name, ttl, class: recordClass, type } = record;
  const data = recordDataText(record);
  const shown = type === "SOA" ? data.replace(/^(\S+ \S+) \d+/, `$1 ${serial}`) : data;
  return `${name} ${ttl} ${recordClass} ${type} ${shown}`;
}
