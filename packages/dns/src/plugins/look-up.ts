import type { DnsMessage } from "../message/dns-message.ts";
import { lowerName } from "../message/dns-name.ts";
import type { RecordType } from "../message/record-type.ts";
import type { DnsName } from "../message/resource-record.ts";
import type { DnsHandler, DnsRequest } from "./plugin.ts";

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
  const question = { name, type, class: "IN" } as const;
  const message = { ...request.message, questions: [question] };
  return askSelf({ ...request, message, question, name: lowerName(name) }).message;
}
