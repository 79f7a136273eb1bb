import type { ResourceRecord } from "./resource-record.ts";

/** A record's data as zone files have them: `0 100 80 web.shop.svc.cluster.local.` (RFC 1035, section 5; RFC 3597 for unknown types). */
export function recordDataText(record: ResourceRecord): string {
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
    case "SOA": {
      const { mname, rname, serial, refresh, retry, expire, minimum } = record;
      return `${mname} ${rname} ${serial} ${refresh} ${retry} ${expire} ${minimum}`;
    }
    case "MX":
      return `${record.preference} ${record.exchange}`;
    case "TXT":
      return record.strings.map(quoted).join(" ");
    case "HINFO":
      return `${quoted(record.cpu)} ${quoted(record.os)}`;
    default:
      return opaqueText(record.data);
  }
}

function quoted(text: string): string {
  return `"${text}"`;
}

function opaqueText(data: Uint8Array): string {
  const digits = [...data].map((byte) => byte.toString(16).padStart(2, "0").toUpperCase()).join("");
  return data.length === 0 ? "\\# 0" : `\\# ${data.length} ${digits}`;
}
