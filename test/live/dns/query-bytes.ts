import type { DnsMessage } from "@kubenetsim/dns/message/dns-message";
import { encodeMessage } from "@kubenetsim/dns/wire/encode-message";
import type { DnsQuestion } from "./dns-case.ts";

/** The query's packet. */
export function queryBytes(question: DnsQuestion): Uint8Array {
  const { spoiled } = question;
  const bytes = plainBytes(question).slice(0, spoiled?.length);
  for (const [at, byte] of spoiled?.bytes ?? []) if (at < bytes.length) bytes[at] = byte;
  return bytes;
}

function plainBytes({ name, type, class: recordClass, opcode, id, rd, cd, ad, edns }: DnsQuestion): Uint8Array {
  const message: DnsMessage = {
    id,
    opcode,
    flags: { qr: false, aa: false, tc: false, rd, ra: false, z: false, ad, cd },
    rcode: "NOERROR",
    questions: [{ name, type, class: recordClass }],
    answers: [],
    authorities: [],
    additionals: [],
    ...(edns && {
      edns: {
        udpSize: edns.udpSize,
        version: edns.version,
        do: edns.do,
        options: edns.cookie ? [{ code: 10, data: new Uint8Array(8) }] : [],
      },
    }),
  };
  return encodeMessage(message, { compress: false });
}
