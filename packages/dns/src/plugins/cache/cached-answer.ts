import { type DnsMessage, type Question, replyTo } from "../../message/dns-message.ts";
import { lowerName } from "../../message/dns-name.ts";
import type { DnsName, ResourceRecord } from "../../message/resource-record.ts";
import { hasSoa, type ResponseKind, responseKind } from "../../message/response-kind.ts";

/** An answer that is kept (plugin/cache/item.go). */
export interface CachedAnswer {
  readonly message: DnsMessage;
  /** Seconds that it holds, and the milliseconds of the clock from which on. */
  readonly ttl: number;
  readonly storedMs: number;
  /** True where it has a record that the question asks for. */
  readonly answering: boolean;
  /** An answer before it that had one, where the cache goes on with such. */
  readonly lastKnownGood?: CachedAnswer | undefined;
  /** How often it was asked for lately, and when last: what `prefetch` goes by. */
  hits: number;
  lastHitMs: number;
  /** Before then nobody is asked again whether there is a newer one. */
  retryAfterMs: number;
}

/** Seconds that an answer still holds; below 1 it has run out. */
export function remainingTtl(answer: CachedAnswer, nowMs: number): number {
  return Math.trunc(answer.ttl) - Math.trunc((nowMs - answer.storedMs) / 1000);
}

/** The answer for another one who asks, each record with the TTL. Without OPT: that is for each hop anew. */
export function answerFor(query: DnsMessage, { message }: CachedAnswer, ttl: number): DnsMessage {
  const wantsAuthentic = query.edns?.do === true || query.flags.ad;
  const { aa, ad, ra } = message.flags;
  const reply = replyTo(query, message.rcode);
  return {
    ...reply,
    flags: { ...reply.flags, aa, ra, ad: ad && wantsAuthentic },
    answers: withTtl(message.answers, ttl),
    authorities: withTtl(message.authorities, ttl),
    additionals: withTtl(message.additionals, ttl),
  };
}

/** Records with another TTL; themselves where they have it already. */
export function withTtl(records: readonly ResourceRecord[], ttl: number): readonly ResourceRecord[] {
  for (const record of records) if (record.ttl !== ttl) return records.map((other) => ({ ...other, ttl }));
  return records;
}

/** What a response is to the cache: an alias chain that leads nowhere, with an SOA record, says that there is no data. */
export function kindForCache(message: DnsMessage, nowMs: number): ResponseKind {
  const kind = responseKind(message, nowMs);
  return kind === "success" && hasSoa(message) && leadsNowhere(message) ? "noData" : kind;
}

/** True where the answer says something, but not what was asked. */
export function leadsNowhere(message: DnsMessage): boolean {
  return message.answers.length > 0 && !answersQuestion(message);
}

/** True where a record of the asked type stands at the end of the aliases that begin at the asked name. */
export function answersQuestion({ rcode, questions, answers }: DnsMessage): boolean {
  const question = questions[0];
  if (rcode !== "NOERROR" || question === undefined || answers.length === 0) return false;
  if (question.type === "ANY") return answers.some((record) => owns(record, lowerName(question.name), question));
  if (question.type === "CNAME") return (aliasTarget(answers, lowerName(question.name), question) ?? "") !== "";
  const end = endOfAliases(answers, question);
  return end !== undefined && answers.some((record) => record.type === question.type && owns(record, end, question));
}

function owns(record: ResourceRecord, name: DnsName, question: Question): boolean {
  return (question.class === "ANY" || record.class === question.class) && lowerName(record.name) === name;
}

/** Undefined where the aliases go in a circle, or where a name has several. */
function endOfAliases(answers: readonly ResourceRecord[], question: Question): DnsName | undefined {
  const visited = new Set<DnsName>();
  let name = lowerName(question.name);
  while (!visited.has(name)) {
    visited.add(name);
    const target = aliasTarget(answers, name, question);
    if (target === undefined) return undefined;
    if (target === "") return name;
    name = target;
  }
  return undefined;
}

/** In lower case; empty where the name is no alias, undefined where it stands for several names. */
function aliasTarget(answers: readonly ResourceRecord[], name: DnsName, question: Question): DnsName | undefined {
  let target = "";
  for (const record of answers) {
    if (record.type !== "CNAME" || !owns(record, name, question)) continue;
    const next = lowerName(record.target);
    if (target !== "" && target !== next) return undefined;
    target = next;
  }
  return target;
}
