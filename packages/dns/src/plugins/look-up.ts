import type { DnsMessage } from "../message/dns-message.ts";
import { lowerName } from "../message/dns-name.ts";
import type { RecordType } from "../message/record-type.ts";
import type { DnsName } from "../message/resource-record.ts";
import type { DnsHandler, DnsReply, DnsRequest } from "./plugin.ts";

/**
 * Asks the server itself for a name, with all that came with the request (plugin/pkg/upstream, Lookup). Undefined where it gives
 * no answer.
 */
export function lookUp(
  askSelf: DnsHandler,
  request: DnsRequest,
  name: DnsName,
  type: RecordType,
): DnsMessage | undefined {
  return askAgain(askSelf, request, name, type).message;
}

/** The same, with how long it took. */
export function askAgain(askSelf: DnsHandler, request: DnsRequest, name: DnsName, type: RecordType): DnsReply {
  const question = { name, type, class: "IN" } as const;
  const message = { ...request.message, questions: [question] };
  return askSelf({ ...request, message, question, name: lowerName(name) });
}
