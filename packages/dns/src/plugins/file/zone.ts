import { labelsOf, lowerName } from "../../message/dns-name.ts";
import type { RecordType } from "../../message/record-type.ts";
import type { DnsName, ResourceRecord, SoaRecord } from "../../message/resource-record.ts";

/** What a zone is read from cannot be taken; `message` is the real plugin's. */
export class ZoneError extends Error {}

/** All records of one name, by type. The names of the apex's SOA and NS records are not among them. */
export interface ZoneNode {
  readonly name: DnsName;
  readonly records: ReadonlyMap<RecordType, readonly ResourceRecord[]>;
}

/** A zone as it is looked up (plugin/file/zone.go and tree). Names are in lower case. */
export interface Zone {
  readonly origin: DnsName;
  readonly soa: SoaRecord;
  /** Those of the apex. */
  readonly nameServers: readonly ResourceRecord[];
  readonly nodes: ReadonlyMap<DnsName, ZoneNode>;
  /** Names that others lie below. */
  readonly parents: ReadonlySet<DnsName>;
}

/**
 * @param previousSerial with which a zone counts as unchanged and is not taken; at the first time 0, so that no zone may have it
 * @throws ZoneError worded as plugin/file/file.go words it
 */
export function zoneOf(
  records: readonly ResourceRecord[],
  { origin, file, previousSerial }: { origin: DnsName; file: string; previousSerial: number },
): Zone {
  let soa: SoaRecord | undefined;
  const nameServers: ResourceRecord[] = [];
  const nodes = new Map<DnsName, { name: DnsName; records: Map<RecordType, ResourceRecord[]> }>();
  for (const given of records) {
    const record = normalized(given);
    if (record.type === "SOA") {
      if (record.name !== origin) {
        throw new ZoneError(`file "${file}" has SOA owner ${given.name} that does not match origin ${origin}`);
      }
      if (soa === undefined && record.serial === previousSerial) {
        throw new ZoneError(
          `no change in SOA serial for origin ${origin} in file ${file}, with ${previousSerial} SOA serial`,
        );
      }
      soa = record;
    } else if (record.type === "NS" && record.name === origin) nameServers.push(record);
    else {
      const key = lowerName(record.name);
      const node = nodes.get(key) ?? { name: record.name, records: new Map() };
      nodes.set(key, node);
      node.records.set(record.type, [...(node.records.get(record.type) ?? []), record]);
    }
  }
  if (soa === undefined) throw new ZoneError(`file "${file}" has no SOA record for origin ${origin}`);
  return { origin, soa, nameServers, nodes, parents: parentsOf(nodes.keys()) };
}

/** Lower case in all names but those of SRV records. */
function normalized(record: ResourceRecord): ResourceRecord {
  switch (record.type) {
    case "SRV":
    case "PTR":
      return record.type === "SRV" ? record : { ...record, name: lowerName(record.name) };
    case "NS":
    case "CNAME":
      return { ...record, name: lowerName(record.name), target: lowerName(record.target) };
    case "MX":
      return { ...record, name: lowerName(record.name), exchange: lowerName(record.exchange) };
    case "SOA":
      return {
        ...record,
        name: lowerName(record.name),
        mname: lowerName(record.mname),
        rname: lowerName(record.rname),
      };
    default:
      return { ...record, name: lowerName(record.name) };
  }
}

function parentsOf(names: Iterable<DnsName>): Set<DnsName> {
  const parents = new Set<DnsName>();
  for (const name of names) {
    const labels = labelsOf(name);
    for (let index = 1; index < labels.length; index++) {
      const parent = `${labels.slice(index).join(".")}.`;
      if (parents.has(parent)) break;
      parents.add(parent);
    }
  }
  return parents;
}

/** The records of a type at a name; none where there is no such name. */
export function recordsAt({ nodes }: Zone, name: DnsName, type: RecordType): readonly ResourceRecord[] {
  return nodes.get(name)?.records.get(type) ?? [];
}

/** True for a name that has no records but lies above some (an empty non-terminal, RFC 8020). */
export function isEmptyParent({ nodes, parents }: Zone, name: DnsName): boolean {
  return parents.has(name) && !nodes.has(name);
}
