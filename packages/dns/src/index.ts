export {
  type DnsMessage,
  type Edns,
  type HeaderFlags,
  type Question,
  queryFor,
  replyTo,
} from "./message/dns-message.ts";
export type { DnsName, ResourceRecord } from "./message/resource-record.ts";
export { decodeMessage } from "./wire/decode-message.ts";
export { encodeMessage } from "./wire/encode-message.ts";
