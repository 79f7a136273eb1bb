import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { DnsMessage, Edns, HeaderFlags, Question } from "../message/dns-message.ts";
import { opcodeNamed } from "../message/opcode.ts";
import { rcodeNamed } from "../message/rcode.ts";
import { recordClassNamed, recordClassNumber } from "../message/record-class.ts";
import { recordTypeNamed } from "../message/record-type.ts";
import type { OpaqueRecord, ResourceRecord } from "../message/resource-record.ts";
import { flagBit } from "./encode-message.ts";
import { needsData, readRecordData } from "./record-data.ts";
import { WireReader } from "./wire-reader.ts";

const headerSize = 12;

/** The header alone, with how many records each section claims to have. */
export interface WireHeader {
  readonly id: number;
  readonly bits: number;
  readonly counts: readonly [questions: number, answers: number, authorities: number, additionals: number];
}

/** Undefined where there are fewer bytes than a header has. */
export function readHeader(bytes: Uint8Array): WireHeader | undefined {
  if (bytes.length < headerSize) return undefined;
  const reader = new WireReader(bytes);
  const [id, bits] = [reader.u16(), reader.u16()];
  return { id, bits, counts: [reader.u16(), reader.u16(), reader.u16(), reader.u16()] };
}

/** The four bits of the kind of query. */
export function opcodeOf({ bits }: WireHeader): number {
  return (bits >>> 11) & 15;
}

/**
 * Reads a message. What follows its last record is passed over; a header with nothing behind it is a message without records,
 * whatever it counts (miekg/dns, Msg.Unpack).
 *
 * @throws ParseError
 */
export function decodeMessage(bytes: Uint8Array): DnsMessage {
  const header = readHeader(bytes);
  if (header === undefined) throw new ParseError(`a message of ${bytes.length} bytes: the header has ${headerSize}`);
  const reader = new WireReader(bytes, headerSize);
  const [questionCount, ...recordCounts] = reader.isAtEnd ? [0, 0, 0, 0] : header.counts;
  const questions: Question[] = [];
  for (let index = 0; index < questionCount; index++) questions.push(readQuestion(reader));
  const [answers, authorities, extra] = recordCounts.map((count) => readSection(reader, count)) as Sections;
  const opt = extra.findLast(isOpt);
  return {
    id: header.id,
    opcode: opcodeNamed(opcodeOf(header)),
    flags: flagsOf(header.bits),
    rcode: rcodeNamed((header.bits & 15) | (opt === undefined ? 0 : (opt.ttl >>> 24) << 4)),
    questions,
    answers,
    authorities,
    additionals: extra.filter((record) => record !== opt),
    ...(opt === undefined ? {} : { edns: readEdns(opt) }),
  };
}

/** The question of a message of which the rest cannot be read; undefined where it cannot be read either. */
export function readFirstQuestion(bytes: Uint8Array): Question | undefined {
  try {
    return readQuestion(new WireReader(bytes, headerSize));
  } catch (error) {
    if (error instanceof ParseError) return undefined;
    throw error;
  }
}

type Sections = [answers: ResourceRecord[], authorities: ResourceRecord[], additionals: ResourceRecord[]];

/** Where the message ends behind the name, or the type, what is missing counts as 0 (miekg/dns, unpackQuestion). */
function readQuestion(reader: WireReader): Question {
  const name = reader.name();
  const type = reader.isAtEnd ? 0 : reader.u16();
  return { name, type: recordTypeNamed(type), class: recordClassNamed(reader.isAtEnd ? 0 : reader.u16()) };
}

/** Records that are counted and not there are passed over, where the message ends with a whole one (miekg/dns, unpackRRslice). */
function readSection(reader: WireReader, count: number): ResourceRecord[] {
  const records: ResourceRecord[] = [];
  for (let index = 0; index < count && !reader.isAtEnd; index++) {
    const record = readRecord(reader);
    if (record !== undefined) records.push(record);
  }
  return records;
}

/** One without data is whole whatever its type, as in updates (miekg/dns, noRdata): where there should be some it tells nothing. */
function readRecord(reader: WireReader): ResourceRecord | undefined {
  const name = reader.name();
  const type = recordTypeNamed(reader.u16());
  const head = { name, class: recordClassNamed(reader.u16()), ttl: reader.u32() };
  const size = reader.u16();
  return size === 0 && needsData(type) ? undefined : readRecordData(reader, type, head, size);
}

function isOpt(record: ResourceRecord): record is OpaqueRecord {
  return record.type === "OPT";
}

/** See `writeEdns` for where its parts stand. @throws ParseError for options that are longer than the record. */
function readEdns({ class: size, ttl, data }: OpaqueRecord): Edns {
  const options: { code: number; data: Uint8Array }[] = [];
  const reader = new WireReader(data);
  while (!reader.isAtEnd) options.push({ code: reader.u16(), data: reader.raw(reader.u16()) });
  return { udpSize: recordClassNumber(size), version: (ttl >>> 16) & 255, do: (ttl & 0x8000) !== 0, options };
}

export function flagsOf(bits: number): HeaderFlags {
  const isSet = (bit: number): boolean => (bits & bit) !== 0;
  const { qr, aa, tc, rd, ra, z, ad, cd } = flagBit;
  return {
    qr: isSet(qr),
    aa: isSet(aa),
    tc: isSet(tc),
    rd: isSet(rd),
    ra: isSet(ra),
    z: isSet(z),
    ad: isSet(ad),
    cd: isSet(cd),
  };
}
