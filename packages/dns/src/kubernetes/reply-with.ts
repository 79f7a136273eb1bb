import type { DnsMessage, HeaderFlags } from "../message/dns-message.ts";
import type { Rcode } from "../message/rcode.ts";
import type { ResourceRecord } from "../message/resource-record.ts";

/**
 * A response with AA set and with these sections. It shares its flags with others and its question with the query, since it is
 * made for every query.
 */
export function replyWith(
  query: DnsMessage,
  rcode: Rcode,
  truncated: boolean,
  answers: readonly ResourceRecord[],
  authorities: readonly ResourceRecord[],
  additionals: readonly ResourceRecord[],
): DnsMessage {
  const { id, opcode, flags, questions } = query;
  const takesOver = opcode === "QUERY" ? (flags.rd ? 1 : 0) + (flags.cd ? 2 : 0) : 0;
  return {
    id,
    opcode,
    flags: replyFlags[takesOver + (truncated ? 4 : 0)]!,
    rcode,
    questions,
    answers,
    authorities,
    additionals,
  };
}

/** By the bits of RD, CD and TC. */
const replyFlags: readonly HeaderFlags[] = Array.from({ length: 8 }, (_, bits) => ({
  qr: true,
  aa: true,
  tc: (bits & 4) !== 0,
  rd: (bits & 1) !== 0,
  ra: false,
  z: false,
  ad: false,
  cd: (bits & 2) !== 0,
}));
