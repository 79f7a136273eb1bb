import { familyOf, parseAddress } from "@kubenetsim/core/net/address";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import { type DnsMessage, replyTo } from "@kubenetsim/dns/message/dns-message";
import { fullyQualified, lowerName } from "@kubenetsim/dns/message/dns-name";
import { parseRcode, type Rcode } from "@kubenetsim/dns/message/rcode";
import type { ResourceRecord } from "@kubenetsim/dns/message/resource-record";
import { fitReply } from "@kubenetsim/dns/wire/fit-reply";
import type { Upstream, UpstreamAnswer } from "./dns-options.ts";

/** Seconds that an answer of a table may be kept. */
const tableTtl = 300;
/** A chain of names in a table is followed that far. */
const longestChain = 8;

/** What the name servers beyond the cluster answer: recursive ones, as those of a provider are. @throws ParseError */
export function upstreamAnswer(upstream: Upstream, query: DnsMessage, transport: "udp" | "tcp"): DnsMessage {
  const found = typeof upstream === "function" ? checked(upstream(query.questions[0]!)) : fromTable(upstream, query);
  const [rcode, answers]: [Rcode, readonly ResourceRecord[]] =
    typeof found === "string" ? [found, []] : ["NOERROR", found];
  const reply = replyTo(query, rcode);
  const whole = { ...reply, flags: { ...reply.flags, ra: true }, answers };
  return fitReply(query, whole, { transport, client: "192.0.2.53" }).message;
}

/** What a function gives may be anything: it is JavaScript that people write by hand. */
function checked(found: unknown): readonly ResourceRecord[] | Rcode {
  if (typeof found === "string" && parseRcode(found) === found) return found as Rcode;
  if (Array.isArray(found) && found.every(isRecord)) return found;
  throw new ParseError(
    `dns.upstream gave ${JSON.stringify(found) ?? String(found)}: neither records nor a response code`,
    {
      hint: 'a function gives [{ name, type: "A", class: "IN", ttl, address }] or "NXDOMAIN"; addresses alone stand in a table',
    },
  );
}

function isRecord(value: unknown): value is ResourceRecord {
  if (typeof value !== "object" || value === null) return false;
  const { name, type, class: recordClass, ttl } = value as Partial<ResourceRecord>;
  return (
    typeof name === "string" && typeof type === "string" && typeof recordClass === "string" && typeof ttl === "number"
  );
}

function fromTable(
  table: Readonly<Record<string, UpstreamAnswer>>,
  query: DnsMessage,
): readonly ResourceRecord[] | Rcode {
  const { name: asked, type } = query.questions[0]!;
  const records: ResourceRecord[] = [];
  let name = asked;
  for (let step = 0; step < longestChain; step++) {
    const answer = inTable(table, name);
    if (answer === undefined) return records.length === 0 ? "NXDOMAIN" : records;
    if (typeof answer === "string") return answer;
    if ("cname" in answer) {
      const target = fullyQualified(answer.cname);
      records.push({ name, type: "CNAME", class: "IN", ttl: tableTtl, target });
      if (type === "CNAME") return records;
      name = target;
      continue;
    }
    return [...records, ...answer.flatMap((text) => addressRecord(name, type, text))];
  }
  return records;
}

function inTable(table: Readonly<Record<string, UpstreamAnswer>>, name: string): UpstreamAnswer | undefined {
  const lower = lowerName(name);
  const key = Object.keys(table).find((one) => lowerName(fullyQualified(one)) === lower);
  const answer = key === undefined ? undefined : table[key];
  if (typeof answer === "string" && parseRcode(answer) === undefined) {
    throw new ParseError(`dns.upstream ${JSON.stringify(key)}: ${JSON.stringify(answer)} is no response code`, {
      hint: 'addresses stand in a list: ["93.184.216.34"]',
    });
  }
  return answer;
}

function addressRecord(name: string, type: string, text: string): ResourceRecord[] {
  const address = parseAddress(text);
  if (address === undefined) throw new ParseError(`dns.upstream: ${JSON.stringify(text)} is not an IP address`);
  const own = familyOf(address) === "IPv4" ? "A" : "AAAA";
  return own === type ? [{ name, type: own, class: "IN", ttl: tableTtl, address }] : [];
}
