import { addressWords, type IpAddress } from "@kubenetsim/core/net/address";
import { type Cidr, cidrContains } from "@kubenetsim/core/net/cidr";
import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import type { Random } from "@kubenetsim/core/runtime/random";
import { addressRange } from "../corefile/address-range.ts";
import type { Dispenser } from "../corefile/dispenser.ts";
import type { DnsMessage } from "../message/dns-message.ts";
import type { ResourceRecord } from "../message/resource-record.ts";
import type { PluginDefinition } from "./plugin.ts";

/** Shuffles the addresses of each answer; it sits outside of the cache, so that what is cached is shuffled anew (plugin/loadbalance). */
export const loadbalance: PluginDefinition = {
  name: "loadbalance",
  setup: ({ words, surroundings }) => {
    const preferred = readPreferred(words());
    const { random } = surroundings;
    return {
      handle: (next) => (request) => {
        const reply = next(request);
        const { message } = reply;
        if (message === undefined || !isShuffled(message)) return reply;
        return { ...reply, message: preferSubnets(shuffled(message, random), preferred) };
      },
    };
  },
};

function readPreferred(words: Dispenser): Cidr[] {
  const preferred: Cidr[] = [];
  while (words.next()) {
    const [policy, ...more] = words.remainingArgs();
    if (policy === "weighted") {
      throw new UnsupportedError(
        "loadbalance weighted",
        "weights come from a file that is read again and again",
        words.position(),
      );
    }
    if (policy !== undefined && policy !== "round_robin") throw words.plainErr(`unknown policy: ${policy}`);
    if (more.length > 0) throw words.err(`unknown property for ${policy}`);
    while (words.nextBlock()) {
      if (words.val() !== "prefer") throw words.err(`unknown property '${words.val()}'`);
      for (const text of words.remainingArgs()) {
        const cidr = addressRange(text);
        if (cidr === undefined) throw words.err(`invalid CIDR "${text}": invalid CIDR address: ${text}`);
        preferred.push(cidr);
      }
    }
  }
  return preferred;
}

function isShuffled({ rcode, questions, answers, authorities, additionals }: DnsMessage): boolean {
  if (answers.length <= 1 && authorities.length <= 1 && additionals.length <= 1) return false;
  const type = questions[0]?.type;
  return rcode === "NOERROR" && type !== undefined && type !== "AXFR" && type !== "IXFR";
}

function shuffled(message: DnsMessage, random: Random): DnsMessage {
  return {
    ...message,
    answers: shuffledSection(message.answers, random),
    authorities: shuffledSection(message.authorities, random),
    additionals: shuffledSection(message.additionals, random),
  };
}

/** CNAMEs first, then all else as it stands, then addresses and then mail servers in any order. */
function shuffledSection(section: readonly ResourceRecord[], random: Random): readonly ResourceRecord[] {
  if (section.length <= 1) return section;
  const aliases: ResourceRecord[] = [];
  const others: ResourceRecord[] = [];
  const addresses: ResourceRecord[] = [];
  const mailServers: ResourceRecord[] = [];
  for (const record of section) {
    if (record.type === "A" || record.type === "AAAA") addresses.push(record);
    else if (record.type === "CNAME") aliases.push(record);
    else if (record.type === "MX") mailServers.push(record);
    else others.push(record);
  }
  shuffle(addresses, random);
  shuffle(mailServers, random);
  return aliases.concat(others, addresses, mailServers);
}

/** Two change places half of the time; of more each gets one of those after it, by 16 random bits. */
function shuffle(records: ResourceRecord[], random: Random): void {
  const { length } = records;
  if (length === 2) {
    if (random.below(0x10000) % 2 === 0) records.reverse();
    return;
  }
  for (let index = 0; index < length; index++) {
    const other = index + (random.below(0x10000) % (length - index));
    const record = records[index]!;
    records[index] = records[other]!;
    records[other] = record;
  }
}

/** Addresses of the preferred networks come first, in the order of the networks. */
function preferSubnets(message: DnsMessage, preferred: readonly Cidr[]): DnsMessage {
  if (preferred.length === 0) return message;
  return {
    ...message,
    answers: reordered(message.answers, preferred),
    additionals: reordered(message.additionals, preferred),
  };
}

function reordered(section: readonly ResourceRecord[], preferred: readonly Cidr[]): ResourceRecord[] {
  const places: Readonly<Record<string, number>> = { CNAME: 0, A: 1, AAAA: 1, MX: 2 };
  const place = ({ type }: ResourceRecord): number => places[type] ?? 3;
  return [...section].sort((a, b) => place(a) - place(b) || networkRank(a, preferred) - networkRank(b, preferred));
}

function networkRank(record: ResourceRecord, preferred: readonly Cidr[]): number {
  if (record.type !== "A" && record.type !== "AAAA") return 0;
  const words = addressWords(record.address as IpAddress);
  const index = preferred.findIndex((cidr) => cidrContains(cidr, words));
  return index < 0 ? preferred.length : index;
}
