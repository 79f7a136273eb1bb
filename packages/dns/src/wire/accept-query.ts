import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { DnsMessage, HeaderFlags, Question } from "../message/dns-message.ts";
import { type Opcode, opcodeNamed } from "../message/opcode.ts";
import { decodeMessage, flagsOf, opcodeOf, readFirstQuestion, readHeader } from "./decode-message.ts";

/** What a server makes of what it gets. */
export type Accepted =
  | { readonly kind: "query"; readonly message: DnsMessage }
  /** It says no at once. */
  | { readonly kind: "reply"; readonly message: DnsMessage }
  /** It says nothing. */
  | { readonly kind: "ignored" };

/** What is looked at first. */
interface Header {
  readonly id: number;
  readonly flags: HeaderFlags;
  readonly opcode: Opcode;
  /** How many records each section has, or claims to have. */
  readonly counts: readonly [questions: number, answers: number, authorities: number, additionals: number];
}

/** What a server takes of the bytes that it gets, and what it refuses before it looks closer (miekg/dns, Server.serveDNS). */
export function acceptQuery(bytes: Uint8Array): Accepted {
  const read = readHeader(bytes);
  if (read === undefined) return ignored;
  const { id, bits, counts } = read;
  const header = { id, flags: flagsOf(bits), opcode: opcodeNamed(opcodeOf(read)), counts };
  const refused = refusalOf(header);
  if (refused !== undefined) return refused;
  try {
    return { kind: "query", message: decodeMessage(bytes) };
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    const question = readFirstQuestion(bytes);
    return refusal(header, "FORMERR", question === undefined ? [] : [question]);
  }
}

/** The same of a message that came in another way than as bytes. */
export function acceptMessage(message: DnsMessage): Accepted {
  const { questions, answers, authorities, additionals, edns } = message;
  const extra = additionals.length + (edns === undefined ? 0 : 1);
  const counts = [questions.length, answers.length, authorities.length, extra] as const;
  return refusalOf({ ...message, counts }) ?? { kind: "query", message };
}

const ignored: Accepted = { kind: "ignored" };

/**
 * No responses, no other kinds of query than QUERY and NOTIFY, exactly one question, and hardly any records (miekg/dns,
 * acceptfunc.go).
 */
function refusalOf(header: Header): Accepted | undefined {
  const { flags, opcode, counts } = header;
  if (flags.qr) return ignored;
  if (opcode !== "QUERY" && opcode !== "NOTIFY") return refusal(header, "NOTIMP");
  const [questions, answers, authorities, additionals] = counts;
  if (questions !== 1 || answers > 1 || authorities > 1 || additionals > 2) return refusal(header, "FORMERR");
  return undefined;
}

/** The header comes back, and of the rest nothing but a question that could be read. A malformed one is always called a QUERY. */
function refusal(
  { id, opcode, flags }: Header,
  rcode: "FORMERR" | "NOTIMP",
  questions: readonly Question[] = [],
): Accepted {
  const message: DnsMessage = {
    id,
    opcode: rcode === "NOTIMP" ? opcode : "QUERY",
    flags: { ...flags, qr: true, aa: false, z: false },
    rcode,
    questions,
    answers: [],
    authorities: [],
    additionals: [],
  };
  return { kind: "reply", message };
}
