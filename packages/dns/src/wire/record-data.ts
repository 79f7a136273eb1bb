import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { RecordType } from "../message/record-type.ts";
import type { ResourceRecord } from "../message/resource-record.ts";
import type { WireReader } from "./wire-reader.ts";
import type { WireWriter } from "./wire-writer.ts";

/** Writes what stands behind a record's length. SRV's target is not compressed (RFC 2782, miekg/dns ztypes.go). */
export function writeRecordData(writer: WireWriter, record: ResourceRecord): void {
  switch (record.type) {
    case "A":
      writer.address(record.address, "IPv4");
      return;
    case "AAAA":
      writer.address(record.address, "IPv6");
      return;
    case "CNAME":
    case "NS":
    case "PTR":
      writer.name(record.target);
      return;
    case "SRV":
      writer.u16(record.priority);
      writer.u16(record.weight);
      writer.u16(record.port);
      writer.name(record.target, false);
      return;
    case "SOA":
      writer.name(record.mname);
      writer.name(record.rname);
      for (const number of [record.serial, record.refresh, record.retry, record.expire, record.minimum]) {
        writer.u32(number);
      }
      return;
    case "MX":
      writer.u16(record.preference);
      writer.name(record.exchange);
      return;
    case "TXT":
      for (const text of record.strings) writer.string(text);
      return;
    case "HINFO":
      writer.string(record.cpu);
      writer.string(record.os);
      return;
    default:
      writer.raw(record.data);
  }
}

const typesWithData: ReadonlySet<RecordType> = new Set<RecordType>([
  "A",
  "AAAA",
  "CNAME",
  "NS",
  "PTR",
  "SRV",
  "SOA",
  "MX",
  "HINFO",
]);

/** Does a record of this type say nothing without data? */
export function needsData(type: RecordType): boolean {
  return typesWithData.has(type);
}

type Head = Pick<ResourceRecord, "name" | "class" | "ttl">;

/** Reads what stands behind a record's length. @throws ParseError */
export function readRecordData(reader: WireReader, type: RecordType, head: Head, size: number): ResourceRecord {
  const end = reader.at + size;
  const record = readKnown(reader, type, head, size, end);
  if (reader.at !== end) throw new ParseError(`the data of ${head.name} ${type} are not of the length that is told`);
  return record;
}

function readKnown(reader: WireReader, type: RecordType, head: Head, size: number, end: number): ResourceRecord {
  switch (type) {
    case "A":
      return { ...head, type, address: reader.address("IPv4") };
    case "AAAA":
      return { ...head, type, address: reader.address("IPv6") };
    case "CNAME":
    case "NS":
    case "PTR":
      return { ...head, type, target: reader.name() };
    case "SRV": {
      const [priority, weight, port] = [reader.u16(), reader.u16(), reader.u16()];
      return { ...head, type, priority, weight, port, target: reader.name() };
    }
    case "SOA": {
      const [mname, rname] = [reader.name(), reader.name()];
      const [serial, refresh, retry, expire] = [reader.u32(), reader.u32(), reader.u32(), reader.u32()];
      return { ...head, type, mname, rname, serial, refresh, retry, expire, minimum: reader.u32() };
    }
    case "MX":
      return { ...head, type, preference: reader.u16(), exchange: reader.name() };
    case "TXT": {
      const strings: string[] = [];
      while (reader.at < end) strings.push(reader.string());
      return { ...head, type, strings };
    }
    case "HINFO":
      return { ...head, type, cpu: reader.string(), os: reader.string() };
    default:
      return { ...head, type, data: reader.raw(size) };
  }
}
