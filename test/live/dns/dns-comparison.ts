import { ParseError, UnsupportedError } from "@kubenetsim/core/runtime/errors";
import type { DnsMessage } from "@kubenetsim/dns/message/dns-message";
import type { ResourceRecord } from "@kubenetsim/dns/message/resource-record";
import { decodeMessage } from "@kubenetsim/dns/wire/decode-message";
import type { Comparison } from "../comparison.ts";
import type { Difference } from "../difference.ts";
import { realProgram } from "../serve/real-program.ts";
import { corefileOf, type DnsCase, type DnsQuestion } from "./dns-case.ts";
import { askOwn, type OwnRounds } from "./own-coredns.ts";
import { randomDnsCase } from "./random-dns-case.ts";
import { askReal, type RealAnswer } from "./real-coredns.ts";

/** A real CoreDNS: what it answers on a random Corefile before a random cluster that changes. */
export const dnsComparison: Comparison<DnsCase, RealAnswer> = {
  casesAtOnce: 4,
  removable: {
    lists: new Set(["options", "plugins", "put", "deleted", "questions", "endpoints", "ports"]),
    fields: new Set(["edns"]),
  },
  draw: randomDnsCase,
  ask: async (cases, answered) => {
    realProgram("coredns", console.log);
    let count = 0;
    return Promise.all(
      cases.map(async (one) => {
        const answer = await askReal(one);
        answered?.(++count);
        return answer;
      }),
    );
  },
  differenceOf,
  record: (one, answer) => ({ ...one, answer }),
};

function differenceOf(one: DnsCase, real: RealAnswer): Difference | undefined {
  let own: OwnRounds | undefined;
  let refusal: string | undefined;
  try {
    own = askOwn(one, real.refused === undefined ? real : { rounds: one.rounds.map(() => []) });
  } catch (problem) {
    const { stack, message } = problem as Error;
    if (!(problem instanceof ParseError || problem instanceof UnsupportedError)) {
      if (real.refused === undefined) return { step: 0, where: "our own", text: `${stack}\n${textOf(one)}` };
    }
    refusal = message;
  }
  if (own === undefined || real.refused !== undefined) {
    if (own === undefined && real.refused !== undefined) return undefined;
    return { step: 0, where: "start", text: `real: ${real.refused}\nours: ${refusal}\n${textOf(one)}` };
  }
  const lax = /\bcache\b/.test(one.plugins.join(" "));
  for (const [round, { questions }] of one.rounds.entries()) {
    for (const [at, question] of questions.entries()) {
      const messages = real.rounds[round]![at]!.messages.map((text) => new Uint8Array(Buffer.from(text, "base64")));
      const sent = own[round]![at]!;
      const [theirs, ours] = [viewOf(messages), viewOf(sent)];
      if (equal(theirs, ours, lax)) continue;
      const text = `${questionText(question)}\n  real: ${shown(theirs)}\n  ours: ${shown(ours)}\n${textOf(one)}`;
      return { step: round + 1, where: `answer of type ${question.type}`, text };
    }
  }
  return undefined;
}

/** What is compared of a reply. */
interface View {
  readonly head: string;
  /** Of each section, sorted: they come in the order of a Go map, or shuffled. */
  readonly records: readonly (readonly { readonly text: string; readonly ttl: number }[])[];
  readonly isCut: boolean;
  readonly size: number;
}

function viewOf(sent: readonly Uint8Array[]): View | undefined {
  if (sent.length === 0) return undefined;
  const messages = sent.map(decodeMessage);
  const { id, opcode, rcode, flags, questions, edns }: DnsMessage = messages[0]!;
  const set = Object.entries(flags).flatMap(([name, isSet]) => (isSet ? [name] : []));
  const options = edns?.options.map(({ code, data }) => [code, [...data].join()]);
  const section = (part: "answers" | "authorities" | "additionals"): View["records"][number] =>
    messages
      .flatMap((message) => message[part])
      .map(({ ttl, ...record }) => ({ text: recordText(record as ResourceRecord), ttl }))
      .sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : a.ttl - b.ttl));
  return {
    head: JSON.stringify({ id, opcode, rcode, flags: set.join(), questions, edns: edns && { ...edns, options } }),
    records: [section("answers"), section("authorities"), section("additionals")],
    isCut: flags.tc,
    size: sent.reduce((sum, bytes) => sum + bytes.length, 0),
  };
}

/** An SOA's serial is a time, in this zone. */
function recordText(record: ResourceRecord): string {
  const { type, serial, ...rest } = { serial: 0, ...record };
  const data = "data" in rest ? { data: [...rest.data].join() } : {};
  return JSON.stringify({ type, ...rest, ...data });
}

/** Of a reply that was cut only its head and sizes: which records came first is a matter of chance. */
function equal(real: View | undefined, own: View | undefined, lax: boolean): boolean {
  if (real === undefined || own === undefined) return real === own;
  if (real.head !== own.head) return false;
  if (real.isCut) return Math.abs(real.size - own.size) < 64;
  if (real.size !== own.size) return false;
  return real.records.every((records, at) => {
    const others = own.records[at]!;
    return (
      records.length === others.length &&
      records.every(({ text, ttl }, index) => {
        const other = others[index]!;
        return text === other.text && Math.abs(ttl - other.ttl) <= (lax ? 1 : 0);
      })
    );
  });
}

function shown(view: View | undefined): string {
  if (view === undefined) return "nothing";
  const lines = view.records.flatMap((records, at) =>
    records.map(({ text, ttl }) => `    ${"=-+"[at]} ${ttl} ${text}`),
  );
  return [`${view.head} ${view.size} bytes`, ...lines.slice(0, 30)].join("\n");
}

function questionText({ name, type, ...rest }: DnsQuestion): string {
  return `${name} ${type} ${JSON.stringify(rest)}`;
}

function textOf(one: DnsCase): string {
  return corefileOf(one, { dns: 53, upstream: 5353, api: 8001 }).split("\n.:5353")[0]!;
}
