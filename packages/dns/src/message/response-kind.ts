import type { DnsMessage } from "./dns-message.ts";
import type { ResourceRecord } from "./resource-record.ts";

/** What a response comes to, for those that keep it (CoreDNS plugin/pkg/response, Type). */
export type ResponseKind =
  | "success"
  | "nameError"
  | "serverError"
  | "noData"
  | "delegation"
  | "meta"
  | "update"
  | "otherError";

/** CoreDNS plugin/pkg/response, Typify. `nowMs` counts from the Unix epoch: signatures expire. */
export function responseKind(message: DnsMessage, nowMs: number): ResponseKind {
  const { opcode, questions, answers, authorities, rcode } = message;
  if (opcode === "UPDATE") return "update";
  if (opcode === "NOTIFY") return "meta";
  const type = questions[0]?.type;
  if (type === "AXFR" || type === "IXFR") return "meta";
  if (message.edns?.do === true && hasExpiredSignature(message, nowMs)) return "otherError";
  if (answers.length > 0 && rcode === "NOERROR") return "success";
  if (answers.length > 0 && rcode === "NXDOMAIN") return "otherError";
  if (rcode === "NXDOMAIN") return "nameError";
  if (rcode === "SERVFAIL" || rcode === "NOTIMP") return "serverError";
  if (rcode !== "NOERROR") return "otherError";
  if (hasSoa(message)) return "noData";
  return authorities.some((record) => record.type === "NS") ? "delegation" : "success";
}

/** The coarser classes that `log` and `minimal` go by (CoreDNS plugin/pkg/response, Classify). */
export function responseClass(kind: ResponseKind): "success" | "denial" | "error" {
  if (kind === "success" || kind === "delegation") return "success";
  return kind === "nameError" || kind === "noData" ? "denial" : "error";
}

/** True where the authorities say how long a denial may be kept. */
export function hasSoa({ authorities }: DnsMessage): boolean {
  return authorities.some((record) => record.type === "SOA");
}

function hasExpiredSignature({ answers, authorities, additionals }: DnsMessage, nowMs: number): boolean {
  const seconds = Math.floor(nowMs / 1000);
  return [answers, authorities, additionals].some((section) => section.some((record) => isExpired(record, seconds)));
}

/** RFC 4034, section 3.1: expiration and inception are seconds in a circle of 2^32 (miekg/dns, RRSIG.ValidityPeriod). */
function isExpired(record: ResourceRecord, seconds: number): boolean {
  if (record.type !== "RRSIG") return false;
  const view = new DataView(record.data.buffer, record.data.byteOffset, record.data.byteLength);
  const circle = (time: number): number => time + Math.trunc((time - seconds) / 2 ** 31) * -(2 ** 32);
  return !(circle(view.getUint32(12)) <= seconds && seconds <= circle(view.getUint32(8)));
}
