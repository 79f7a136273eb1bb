import { type DnsMessage, replyTo } from "../message/dns-message.ts";
import type { Rcode } from "../message/rcode.ts";
import type { DnsReply } from "./plugin.ts";

/** Codes that a handler leaves to the server to write (plugin.ClientWrite). */
const writtenByServer: ReadonlySet<Rcode> = new Set<Rcode>(["SERVFAIL", "REFUSED", "FORMERR", "NOTIMP"]);

/** The message that is sent in the end: the handler's own, or one of its code. Undefined where nothing is sent. */
export function writtenMessage(query: DnsMessage, { message, rcode }: DnsReply): DnsMessage | undefined {
  return message ?? (writtenByServer.has(rcode) ? replyTo(query, rcode) : undefined);
}
