import type { DnsMessage, Edns, HeaderFlags, Question } from "../message/dns-message.ts";
import { opcodeNumber } from "../message/opcode.ts";
import { rcodeNumber } from "../message/rcode.ts";
import { recordClassNumber } from "../message/record-class.ts";
import { recordTypeNumber } from "../message/record-type.ts";
import type { ResourceRecord } from "../message/resource-record.ts";
import { writeRecordData } from "./record-data.ts";
import { WireWriter } from "./wire-writer.ts";

export interface EncodeOptions {
  /** Names that stand there already are pointed to (RFC 1035, section 4.1.4). */
  readonly compress: boolean;
}

/**
 * The bytes of a message, the OPT record last among the additional ones.
 *
 * @throws ParseError for names and addresses that are none, for labels above 63 bytes and names above 255.
 * @example
 * encodeMessage(queryFor(1, "web.default.svc.cluster.local.", "A"), { compress: false }).length; // 47
 */
export function encodeMessage(message: DnsMessage, { compress }: EncodeOptions): Uint8Array {
  const writer = new WireWriter(compress);
  writeHeader(writer, message);
  for (const question of message.questions) writeQuestion(writer, question);
  for (const section of [message.answers, message.authorities, message.additionals]) {
    for (const record of section) writeRecord(writer, record);
  }
  if (message.edns !== undefined) writeEdns(writer, message.edns, rcodeNumber(message.rcode));
  return writer.bytes;
}

export function writeHeader(writer: WireWriter, message: DnsMessage): void {
  const { id, opcode, flags, rcode, questions, answers, authorities, additionals, edns } = message;
  writer.u16(id);
  writer.u16((opcodeNumber(opcode) << 11) | flagBits(flags) | (rcodeNumber(rcode) & 15));
  writer.u16(questions.length);
  writer.u16(answers.length);
  writer.u16(authorities.length);
  writer.u16(additionals.length + (edns === undefined ? 0 : 1));
}

/** Where each flag stands in the header's second word. */
export const flagBit: Readonly<Record<keyof HeaderFlags, number>> = {
  qr: 0x8000,
  aa: 0x0400,
  tc: 0x0200,
  rd: 0x0100,
  ra: 0x0080,
  z: 0x0040,
  ad: 0x0020,
  cd: 0x0010,
};

function flagBits(flags: HeaderFlags): number {
  let bits = 0;
  for (const [flag, bit] of Object.entries(flagBit)) if (flags[flag as keyof HeaderFlags]) bits |= bit;
  return bits;
}

export function writeQuestion(writer: WireWriter, { name, type, class: recordClass }: Question): void {
  writer.name(name);
  writer.u16(recordTypeNumber(type));
  writer.u16(recordClassNumber(recordClass));
}

export function writeRecord(writer: WireWriter, record: ResourceRecord): void {
  writer.name(record.name);
  writer.u16(recordTypeNumber(record.type));
  writer.u16(recordClassNumber(record.class));
  writer.u32(record.ttl);
  const at = writer.length;
  writer.u16(0);
  writeRecordData(writer, record);
  writer.closeLength(at);
}

const doBit = 0x8000;

/** The OPT record keeps size, version and the rcode's upper eight bits where others have class and TTL (RFC 6891, section 6.1). */
export function writeEdns(writer: WireWriter, edns: Edns, rcode: number): void {
  writer.name(".");
  writer.u16(recordTypeNumber("OPT"));
  writer.u16(edns.udpSize);
  writer.u8(rcode >>> 4);
  writer.u8(edns.version);
  writer.u16(edns.do ? doBit : 0);
  const at = writer.length;
  writer.u16(0);
  for (const { code, data } of edns.options) {
    writer.u16(code);
    writer.u16(data.length);
    writer.raw(data);
  }
  writer.closeLength(at);
}
