import { type DnsMessage, replyTo } from "../message/dns-message.ts";

/**
 * What is said of a message before anybody looks into it: undefined where it is taken, "ignore" where nothing is sent back
 * (miekg/dns acceptfunc.go and server.go, serveDNS).
 */
export function refusalOf(message: DnsMessage): DnsMessage | "ignore" | undefined {
  const { flags, opcode, questions, answers, authorities, additionals, edns } = message;
  if (flags.qr) return "ignore";
  if (opcode !== "QUERY" && opcode !== "NOTIFY") return { ...bareReply(message), opcode, rcode: "NOTIMP" };
  const extra = additionals.length + (edns === undefined ? 0 : 1);
  if (questions.length !== 1 || answers.length > 1 || authorities.length > 1 || extra > 2) return bareReply(message);
  return undefined;
}

/** A header alone: it is sent before the question has been read, and its bits are those that came. */
function bareReply(message: DnsMessage): DnsMessage {
  const flags = { ...message.flags, qr: true, aa: false, z: false };
  return { ...replyTo(message, "FORMERR"), opcode: "QUERY", flags, questions: [] };
}
