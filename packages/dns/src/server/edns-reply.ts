import type { DnsMessage } from "../message/dns-message.ts";

/** Gives a reply the OPT record that goes with the query's, or none (CoreDNS request/request.go, SizeAndDo). */
export function withEdnsOf(query: DnsMessage, reply: DnsMessage): DnsMessage {
  const { edns } = query;
  if (edns === undefined) return reply;
  const options = reply.edns === undefined ? [] : reply.edns.options;
  return { ...reply, edns: { udpSize: edns.udpSize, version: 0, do: edns.do, options } };
}
