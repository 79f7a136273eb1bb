import { type DnsMessage, replyTo } from "../message/dns-message.ts";
import type { Rcode } from "../message/rcode.ts";

/** A reply of one that is the authority for the name: AA is set. */
export function authoritativeReply(query: DnsMessage, rcode: Rcode = "NOERROR"): DnsMessage {
  const reply = replyTo(query, rcode);
  return { ...reply, flags: { ...reply.flags, aa: true } };
}
