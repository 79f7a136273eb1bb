import { lowerName } from "../message/dns-name.ts";
import type { RecordType } from "../message/record-type.ts";
import type { DnsName } from "../message/resource-record.ts";
import type { DnsHandler, DnsReply, DnsRequest } from "./plugin.ts";

/**
 * Asks the server itself for a name, with all that came with the request (plugin/pkg/upstream, Lookup). Without a message where
 * it gives no answer.
 */
export function askAgain(askSelf: DnsHandler, request: DnsRequest, name: DnsName, type: RecordType): DnsReply {
  const question = { name, type, class: "IN" } as const;
  const message = { ...request.message, questions: [question] };
  return askSelf({ ...request, message, question, name: lowerName(name) });
}

/** Asks when so much time has passed since the request came; what is told of the time counts from then. */
export function askAfter(handler: DnsHandler, request: DnsRequest, waitedMs: number): DnsReply {
  if (waitedMs === 0) return handler(request);
  const reply = handler({ ...request, nowMs: request.nowMs + waitedMs });
  return { ...reply, tookMs: waitedMs + (reply.tookMs ?? 0) };
}
