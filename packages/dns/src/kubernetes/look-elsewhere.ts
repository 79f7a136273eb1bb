import type { DnsMessage } from "../message/dns-message.ts";
import type { RecordType } from "../message/record-type.ts";
import type { DnsName } from "../message/resource-record.ts";
import { lookUp } from "../plugins/look-up.ts";
import type { DnsHandler, DnsRequest } from "../plugins/plugin.ts";

/** How often an alias can lead out of a zone and back into one. CoreDNS goes on until its stack ends, and dies of it. */
const mostNested = 16;

/** Asks the server itself for what lies outside of a zone. Undefined where aliases lead round in a circle. */
export function lookElsewhere(
  askSelf: DnsHandler,
  request: DnsRequest,
  name: DnsName,
  type: RecordType,
): DnsMessage | undefined {
  const depth = (request.depth ?? 0) + 1;
  return depth > mostNested ? undefined : lookUp(askSelf, { ...request, depth }, name, type);
}
