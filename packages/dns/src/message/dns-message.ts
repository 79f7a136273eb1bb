import type { Opcode } from "./opcode.ts";
import type { Rcode } from "./rcode.ts";
import type { RecordClass } from "./record-class.ts";
import type { RecordType } from "./record-type.ts";
import type { DnsName, ResourceRecord } from "./resource-record.ts";

export interface Question {
  readonly name: DnsName;
  readonly type: RecordType;
  readonly class: RecordClass;
}

/** The OPT pseudo record (RFC 6891): it stands apart from the other additional records. */
export interface Edns {
  /** What the sender's UDP socket takes, in bytes. */
  readonly udpSize: number;
  readonly version: number;
  /** DNSSEC OK (RFC 3225). */
  readonly do: boolean;
  readonly options: readonly { readonly code: number; readonly data: Uint8Array }[];
}

/** The header's bits, named as in RFC 1035, section 4.1.1 and RFC 4035, section 3.2. */
export interface HeaderFlags {
  /** Response. */
  readonly qr: boolean;
  /** Authoritative answer. */
  readonly aa: boolean;
  /** Truncated. */
  readonly tc: boolean;
  /** Recursion desired. */
  readonly rd: boolean;
  /** Recursion available. */
  readonly ra: boolean;
  /** The bit that must be zero. */
  readonly z: boolean;
  /** Authentic data. */
  readonly ad: boolean;
  /** Checking disabled. */
  readonly cd: boolean;
}

/** A query or a response. Sections keep their order. */
export interface DnsMessage {
  readonly id: number;
  readonly opcode: Opcode;
  readonly flags: HeaderFlags;
  readonly rcode: Rcode;
  readonly questions: readonly Question[];
  readonly answers: readonly ResourceRecord[];
  readonly authorities: readonly ResourceRecord[];
  readonly additionals: readonly ResourceRecord[];
  readonly edns?: Edns | undefined;
}

const queryFlags: HeaderFlags = {
  qr: false,
  aa: false,
  tc: false,
  rd: true,
  ra: false,
  z: false,
  ad: false,
  cd: false,
};

/** A plain query, with recursion desired and without EDNS, as libc sends it. */
export function queryFor(id: number, name: DnsName, type: RecordType): DnsMessage {
  return {
    id,
    opcode: "QUERY",
    flags: queryFlags,
    rcode: "NOERROR",
    questions: [{ name, type, class: "IN" }],
    answers: [],
    authorities: [],
    additionals: [],
  };
}

/** An empty response to a query: its question, and of its flags RD and CD (miekg/dns, Msg.SetReply). */
export function replyTo(query: DnsMessage, rcode: Rcode = "NOERROR"): DnsMessage {
  const { id, opcode, flags, questions } = query;
  const { rd, cd } = opcode === "QUERY" ? flags : { rd: false, cd: false };
  return {
    id,
    opcode,
    flags: { qr: true, aa: false, tc: false, rd, ra: false, z: false, ad: false, cd },
    rcode,
    questions: questions.slice(0, 1),
    answers: [],
    authorities: [],
    additionals: [],
  };
}
