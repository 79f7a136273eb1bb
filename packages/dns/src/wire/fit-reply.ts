import { parseAddressWords } from "@kubenetsim/core/net/address";
import type { DnsMessage, Edns } from "../message/dns-message.ts";
import type { ResourceRecord } from "../message/resource-record.ts";
import { writeHeader, writeQuestion, writeRecord } from "./encode-message.ts";
import { ednsSize, uncompressedSize } from "./message-size.ts";
import { WireWriter } from "./wire-writer.ts";

/** What a UDP socket takes whose owner says nothing about it (RFC 1035, section 4.2.1). */
const smallestLimit = 512;
const tcpLimit = 65535;
/** Above these a UDP reply is compressed although the client would take it: it might be sent in fragments. */
const fragmentLimits = { v4: 1480, v6: 1220 };

export interface ReplyPath {
  readonly transport: "udp" | "tcp";
  /** The address that asked. */
  readonly client: string;
}

/** A reply as it goes out: with the EDNS of its question, as many records as fit, and whether names are compressed. */
export interface FittedReply {
  readonly message: DnsMessage;
  readonly compress: boolean;
}

/** How many bytes the one who asked takes (coredns plugin/pkg/edns, Size). */
export function replyLimit(query: DnsMessage, transport: "udp" | "tcp"): number {
  return transport === "tcp" ? tcpLimit : Math.max(query.edns?.udpSize ?? 0, smallestLimit);
}

/**
 * Makes a reply fit (coredns request, SizeAndDo and Scrub; miekg/dns, Msg.Truncate). What fits uncompressed goes out
 * uncompressed. Else names are compressed, and if that is not enough, whole records go from the end of the answer, then the
 * authorities, then the additional ones on, and TC is set.
 *
 * A query with an OPT record gets one back, with the client's size and DO bit; its options are not echoed, those that an
 * upstream server has set stay.
 */
export function fitReply(query: DnsMessage, reply: DnsMessage, { transport, client }: ReplyPath): FittedReply {
  const edns = ednsOfReply(query.edns, reply.edns);
  const message = edns === reply.edns ? reply : { ...reply, edns };
  const limit = replyLimit(query, transport);
  const size = uncompressedSize(message);
  if (size > limit) return truncate(message, limit);
  const fragmentLimit = parseAddressWords(client)?.length === 4 ? fragmentLimits.v6 : fragmentLimits.v4;
  return { message, compress: transport === "udp" && size > fragmentLimit };
}

/** As many records from the beginning as fit into a compressed message. */
function truncate(message: DnsMessage, limit: number): FittedReply {
  const room = limit - (message.edns === undefined ? 0 : ednsSize(message.edns));
  const writer = new WireWriter(true);
  writeHeader(writer, message);
  for (const question of message.questions) writeQuestion(writer, question);
  let isFull = writer.length >= room;
  const fitting = (section: readonly ResourceRecord[]): readonly ResourceRecord[] => {
    if (isFull) return [];
    for (const [index, record] of section.entries()) {
      writeRecord(writer, record);
      isFull = writer.length >= room;
      if (isFull) return section.slice(0, writer.length > room ? index : index + 1);
    }
    return section;
  };
  const answers = fitting(message.answers);
  const authorities = fitting(message.authorities);
  const additionals = fitting(message.additionals);
  const isWhole =
    answers.length === message.answers.length &&
    authorities.length === message.authorities.length &&
    additionals.length === message.additionals.length;
  const flags = isWhole ? message.flags : { ...message.flags, tc: true };
  return { message: { ...message, flags, answers, authorities, additionals }, compress: true };
}

function ednsOfReply(asked: Edns | undefined, replied: Edns | undefined): Edns | undefined {
  if (asked === undefined) return replied;
  const { udpSize } = asked;
  if (replied === undefined) return { udpSize, version: 0, do: asked.do, options: [] };
  return { udpSize, version: 0, do: asked.do || replied.do, options: replied.options };
}
