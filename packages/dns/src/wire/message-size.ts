import type { DnsMessage, Edns } from "../message/dns-message.ts";
import type { DnsName, ResourceRecord } from "../message/resource-record.ts";
import { unescapedLength } from "./escaped-text.ts";

const headerSize = 12;
/** Type, class, TTL and length. */
const recordHeadSize = 10;

/** How many bytes `encodeMessage` makes of a message without compression, without making them. */
export function uncompressedSize({ questions, answers, authorities, additionals, edns }: DnsMessage): number {
  let size = headerSize;
  for (const { name } of questions) size += nameSize(name) + 4;
  for (const record of answers) size += recordSize(record);
  for (const record of authorities) size += recordSize(record);
  for (const record of additionals) size += recordSize(record);
  return edns === undefined ? size : size + ednsSize(edns);
}

/** The OPT record's. */
export function ednsSize({ options }: Edns): number {
  return options.reduce((size, { data }) => size + 4 + data.length, nameSize(".") + recordHeadSize);
}

function nameSize(name: DnsName): number {
  return name === "." || name === "" ? 1 : unescapedLength(name) + 1;
}

function stringSize(text: string): number {
  return unescapedLength(text) + 1;
}

/** A record's, without compression. */
export function recordSize(record: ResourceRecord): number {
  return nameSize(record.name) + recordHeadSize + dataSize(record);
}

function dataSize(record: ResourceRecord): number {
  switch (record.type) {
    case "A":
      return 4;
    case "AAAA":
      return 16;
    case "CNAME":
    case "NS":
    case "PTR":
      return nameSize(record.target);
    case "SRV":
      return 6 + nameSize(record.target);
    case "SOA":
      return nameSize(record.mname) + nameSize(record.rname) + 20;
    case "MX":
      return 2 + nameSize(record.exchange);
    case "TXT":
      return record.strings.reduce((size, text) => size + stringSize(text), 0);
    case "HINFO":
      return stringSize(record.cpu) + stringSize(record.os);
    default:
      return record.data.length;
  }
}
