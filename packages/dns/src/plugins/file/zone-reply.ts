import { authoritativeReply } from "../authoritative-reply.ts";
import type { DnsReply, DnsRequest } from "../plugin.ts";
import type { ZoneAnswer } from "./zone-answer.ts";

/** The reply that a zone's answer makes. A referral is not authoritative; an alias with one behind it is, as far as `file` is asked. */
export function replyOfZone(request: DnsRequest, answer: ZoneAnswer, aliasIsAuthoritative: boolean): DnsReply {
  const { result, answers, authorities, additionals, tookMs } = answer;
  if (result === "serverFailure" && answers.length === 0) return { rcode: "SERVFAIL" };
  const rcode = result === "nameError" ? "NXDOMAIN" : result === "serverFailure" ? "SERVFAIL" : "NOERROR";
  const reply = authoritativeReply(request.message, rcode);
  const isReferral = result === "delegation" && !(aliasIsAuthoritative && answers.length > 0);
  const flags = isReferral ? { ...reply.flags, aa: false } : reply.flags;
  return { rcode: "NOERROR", message: { ...reply, flags, answers, authorities, additionals }, tookMs };
}
