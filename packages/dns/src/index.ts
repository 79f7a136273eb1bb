export type { Corefile, Directive, ServerBlock, ServerKey } from "./corefile/corefile.ts";
export { type CorefileOptions, parseCorefile } from "./corefile/parse-corefile.ts";
export {
  type DnsMessage,
  type Edns,
  type HeaderFlags,
  type Question,
  queryFor,
  replyTo,
} from "./message/dns-message.ts";
export type { DnsName, ResourceRecord } from "./message/resource-record.ts";
export type { DnsStep, DnsTransport, Exchange, ServerSurroundings } from "./plugins/plugin.ts";
export { DnsServer, type QueryArrival } from "./server/dns-server.ts";
export { decodeMessage } from "./wire/decode-message.ts";
export { encodeMessage } from "./wire/encode-message.ts";
