import type { Dispenser } from "../corefile/dispenser.ts";
import { durationOf } from "../corefile/duration.ts";
import { isWritable } from "../message/is-writable.ts";
import type { DnsName, ResourceRecord } from "../message/resource-record.ts";
import { authoritativeReply } from "./authoritative-reply.ts";
import type { DnsReply, DnsRequest, PluginDefinition } from "./plugin.ts";

/** Every how many queries; 0 for never. */
interface ErraticSettings {
  drop: number;
  delay: number;
  delayMs: number;
  truncate: number;
  large: boolean;
}

/** A server that loses, delays and cuts answers, to see what clients make of it (plugin/erratic). */
export const erratic: PluginDefinition = {
  name: "erratic",
  setup: ({ words }) => {
    const settings = readSettings(words());
    let count = 0;
    return { handle: () => (request) => erraticReply(request, settings, count++) };
  },
};

function erraticReply(request: DnsRequest, settings: ErraticSettings, number: number): DnsReply {
  const isDue = (every: number): boolean => every > 0 && number % every === 0;
  if (isDue(settings.drop)) {
    request.steps?.push({ plugin: "erratic", text: "loses the answer" });
    return { rcode: "NOERROR" };
  }
  const tookMs = isDue(settings.delay) ? settings.delayMs : undefined;
  // The real one takes the number's bits here, not its remainder.
  const tc = settings.truncate > 0 && (number & settings.truncate) === 0;
  const answers = recordsFor(request, settings, tc);
  if (answers === undefined) return { rcode: "SERVFAIL", tookMs };
  const reply = authoritativeReply(request.message);
  const flags = { ...reply.flags, tc: tc && request.question.type !== "AXFR" };
  const message = { ...reply, flags, answers };
  return { rcode: "NOERROR", tookMs, message: isWritable(message) ? message : undefined };
}

function recordsFor(
  { question }: DnsRequest,
  { large }: ErraticSettings,
  isCut: boolean,
): readonly ResourceRecord[] | undefined {
  const { name, type } = question;
  const head = { name, class: "IN", ttl: 0 } as const;
  if (type === "A") {
    return Array<ResourceRecord>(large ? 30 : 1).fill({ ...head, type, address: "192.0.2.53" });
  }
  if (type === "AAAA") return [{ ...head, type, address: "2001:db8::53" }];
  return type === "AXFR" ? zoneRecords(name, isCut) : undefined;
}

/** A small zone; cut off, its closing SOA is missing. */
function zoneRecords(zone: DnsName, isCut: boolean): ResourceRecord[] {
  const head = { class: "IN", ttl: 0 } as const;
  const soa: ResourceRecord = {
    ...head,
    name: zone,
    type: "SOA",
    mname: "sns.dns.icann.org.",
    rname: "noc.dns.icann.org.",
    serial: 2018050825,
    refresh: 7200,
    retry: 3600,
    expire: 1209600,
    minimum: 3600,
  };
  const [a, b] = ["a", "b"].map((host) => `${host}.${zone}`) as [string, string];
  const records: ResourceRecord[] = [
    soa,
    { ...head, name: zone, type: "NS", target: b },
    { ...head, name: zone, type: "NS", target: a },
    { ...head, name: a, type: "AAAA", address: "2001:bd8::53" },
    { ...head, name: b, type: "AAAA", address: "2001:500::54" },
  ];
  return isCut ? records : [...records, soa];
}

function readSettings(words: Dispenser): ErraticSettings {
  const settings: ErraticSettings = { drop: 2, delay: 0, delayMs: 0, truncate: 0, large: false };
  let hasDrop = false;
  while (words.next()) {
    while (words.nextBlock()) {
      const option = words.val();
      if (option === "large") settings.large = true;
      else if (option === "drop" || option === "truncate" || option === "delay") {
        const args = words.remainingArgs();
        if (args.length > (option === "delay" ? 2 : 1)) throw words.argErr();
        hasDrop ||= option === "drop" && args.length > 0;
        if (option !== "drop") settings[option] = 2;
        if (option === "delay") settings.delayMs = 100;
        if (args[0] !== undefined) settings[option] = amountOf(words, args[0]);
        if (args[1] !== undefined) settings.delayMs = durationOf(args[1], (problem) => words.plainErr(problem));
      } else throw words.err(`unknown property '${option}'`);
    }
  }
  if ((settings.delay > 0 || settings.truncate > 0) && !hasDrop) settings.drop = 0;
  return settings;
}

function amountOf(words: Dispenser, text: string): number {
  if (!/^[+-]?\d+$/.test(text))
    throw words.plainErr(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  const amount = Number(text);
  if (amount < -(2 ** 31) || amount >= 2 ** 31) {
    throw words.plainErr(`strconv.ParseInt: parsing "${text}": value out of range`);
  }
  if (amount < 0) throw words.plainErr(`illegal amount value given "${text}"`);
  return amount;
}
