import type { DnsMessage } from "../../message/dns-message.ts";
import type { ResourceRecord } from "../../message/resource-record.ts";
import type { DnsReply } from "../plugin.ts";

/** What is done to a reply on its way back: to each record, and to a message without any (plugin/rewrite/reverter.go). */
export interface ResponseRule {
  readonly record?: (record: ResourceRecord) => ResourceRecord;
  readonly message?: (message: DnsMessage) => DnsMessage;
  /** For a rule that asks others, and so has to wait. */
  readonly reply?: (reply: WrittenReply) => WrittenReply;
}

export interface WrittenReply extends DnsReply {
  readonly message: DnsMessage;
}

/** Changes the names that records have. */
export function ownerRule(rewrite: (name: string) => string): ResponseRule {
  return { record: (record) => ({ ...record, name: rewrite(record.name) }) };
}

/** Changes the name that a record points to; of an SOA record that is the primary server. */
export function valueRule(rewrite: (name: string) => string): ResponseRule {
  return {
    record: (record) => {
      if (record.type === "MX") return { ...record, exchange: rewrite(record.exchange) };
      if (record.type === "SOA") return { ...record, mname: rewrite(record.mname) };
      return "target" in record ? { ...record, target: rewrite(record.target) } : record;
    },
  };
}

/** The rules that were found last act first: each undoes what the ones after it did on the way there. */
export function applyRules(reply: WrittenReply, rules: readonly ResponseRule[]): WrittenReply {
  const reversed = rules.toReversed();
  const { answers, authorities, additionals } = reply.message;
  const records = (section: readonly ResourceRecord[]): ResourceRecord[] =>
    section.map((record) => reversed.reduce((changed, rule) => rule.record?.(changed) ?? changed, record));
  const message: DnsMessage = {
    ...reply.message,
    authorities: records(authorities),
    answers: records(answers),
    additionals: records(additionals),
  };
  let result: WrittenReply = { ...reply, message };
  for (const rule of reversed) {
    if (rule.message !== undefined) result = { ...result, message: rule.message(result.message) };
    if (rule.reply !== undefined) result = rule.reply(result);
  }
  return result;
}
