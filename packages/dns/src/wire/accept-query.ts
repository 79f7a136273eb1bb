import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { DnsMessage, Question } from "../message/dns-message.ts";
import { opcodeNamed } from "../message/opcode.ts";
import { decodeMessage, flagsOf, opcodeOf, readFirstQuestion, readHeader, type WireHeader } from "./decode-message.ts";
import { flagBit } from "./encode-message.ts";

/** What a server makes of the bytes that it gets. */
export type Accepted =
  | { readonly kind: "query"; readonly message: DnsMessage }
  /** It says no at once. */
  | { readonly kind: "reply"; readonly message: DnsMessage }
  /** It says nothing. */
  | { readonly kind: "ignored" };

/**
 * What a server takes and what it refuses before it looks closer (miekg/dns acceptfunc.go, and Server.serveDNS): no responses,
 * no other kinds of query than QUERY and NOTIFY, exactly one question, and hardly any records.
 */
export function acceptQuery(bytes: Uint8Array): Accepted {
  const header = readHeader(bytes);
  if (header === undefined || (header.bits & flagBit.qr) !== 0) return { kind: "ignored" };
  const opcode = opcodeNamed(opcodeOf(header));
  if (opcode !== "QUERY" && opcode !== "NOTIFY") return refusal(header, "NOTIMP");
  const [questions, answers, authorities, additionals] = header.counts;
  if (questions !== 1 || answers > 1 || authorities > 1 || additionals > 2) return refusal(header, "FORMERR");
  try {
    return { kind: "query", message: decodeMessage(bytes) };
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    const question = readFirstQuestion(bytes);
    return refusal(header, "FORMERR", question === undefined ? [] : [question]);
  }
}

/** The header comes back, and of the rest nothing but a question that could be read. A malformed one is always called a QUERY. */
function refusal(header: WireHeader, rcode: "FORMERR" | "NOTIMP", questions: readonly Question[] = []): Accepted {
  const message: DnsMessage = {
    id: header.id,
    opcode: rcode === "NOTIMP" ? opcodeNamed(opcodeOf(header)) : "QUERY",
    flags: { ...flagsOf(header.bits), qr: true, aa: false, z: false },
    rcode,
    questions,
    answers: [],
    authorities: [],
    additionals: [],
  };
  return { kind: "reply", message };
}
