import { parseAddressWords } from "@kubenetsim/core/net/address";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { Dispenser } from "../corefile/dispenser.ts";
import { originsOf } from "../corefile/zone-and-port.ts";
import { type DnsMessage, replyTo } from "../message/dns-message.ts";
import type { DnsName, ResourceRecord } from "../message/resource-record.ts";
import { recordSize } from "../wire/message-size.ts";
import { authoritativeReply } from "./authoritative-reply.ts";
import type { DnsReply, DnsRequest, PluginDefinition } from "./plugin.ts";
import type { ZoneTransferer } from "./zone-transferer.ts";
import { longestZone } from "./zones.ts";

interface TransferRule {
  readonly zones: readonly DnsName[];
  /** Addresses, `*` for all. */
  readonly to: readonly string[];
}

/** Plugins with whole zones, in the order in which they are asked. */
const transferers = ["k8s_external", "kubernetes", "file", "auto"] as const;

/** Hands out whole zones over TCP, by AXFR and IXFR (plugin/transfer). Nobody is notified of changes. */
export const transfer: PluginDefinition = {
  name: "transfer",
  setup: ({ words, zones, sibling }) => {
    const rules = readRules(words(), zones);
    const recordsOf = (zone: DnsName, serial: number): readonly ResourceRecord[] | undefined => {
      for (const name of transferers) {
        const records = (sibling(name) as ZoneTransferer | undefined)?.transfer(zone, serial);
        if (records !== undefined) return records;
      }
      return undefined;
    };
    return {
      handle: (next) => (request) => {
        const { type } = request.question;
        if (type !== "AXFR" && type !== "IXFR") return next(request);
        if (request.transport !== "tcp") return { rcode: "REFUSED" };
        const rule = longestRule(rules, request.name);
        if (rule === undefined) return next(request);
        if (!isAllowed(rule, request)) return { rcode: "NOERROR", message: replyTo(request.message, "REFUSED") };
        const serial = serialOf(request.message);
        if (serial === undefined) return { rcode: "SERVFAIL" };
        const records = recordsOf(request.name, serial);
        return records === undefined ? next(request) : replyOf(records, request.message);
      },
    };
  },
};

/** The serial that the one who asks has; 0 for an AXFR. Undefined for an IXFR that does not say it. */
function serialOf({ questions, authorities }: DnsMessage): number | undefined {
  if (questions[0]!.type === "AXFR") return 0;
  const [record] = authorities;
  return authorities.length === 1 && record?.type === "SOA" ? record.serial : undefined;
}

/** A SOA alone comes as a plain reply, without AA. */
function replyOf(records: readonly ResourceRecord[], query: DnsMessage): DnsReply {
  if (records.length === 1) return { rcode: "NOERROR", message: { ...replyTo(query), answers: records } };
  const [message, ...following] = batchesOf(records).map((answers) => ({ ...authoritativeReply(query), answers }));
  return { rcode: "NOERROR", message, following };
}

/** What a message holds: 64 KB over TCP, less some for what is not counted. */
const batchSize = 63_000;

function batchesOf(records: readonly ResourceRecord[]): ResourceRecord[][] {
  const batches: ResourceRecord[][] = [[]];
  let size = 0;
  for (const record of records) {
    const more = recordSize(record);
    if (size > 0 && size + more > batchSize) {
      batches.push([]);
      size = 0;
    }
    batches.at(-1)!.push(record);
    size += more;
  }
  return batches;
}

/** The rule with the longest zone. */
function longestRule(rules: readonly TransferRule[], name: DnsName): TransferRule | undefined {
  let best: TransferRule | undefined;
  let longest = "";
  for (const rule of rules) {
    const zone = longestZone(rule.zones, name);
    if (zone === undefined) continue;
    if (zone.length > longest.length || (zone.length === longest.length && zone > longest)) {
      best = rule;
      longest = zone;
    }
  }
  return best;
}

function isAllowed({ to }: TransferRule, { client }: DnsRequest): boolean {
  return to.some((host) => host === "*" || host === client);
}

function readRules(words: Dispenser, blockZones: readonly DnsName[]): TransferRule[] {
  const rules: TransferRule[] = [];
  while (words.next()) rules.push(readRule(words, blockZones));
  return rules;
}

function readRule(words: Dispenser, blockZones: readonly DnsName[]): TransferRule {
  const zones = originsOf(words.remainingArgs(), blockZones);
  const to: string[] = [];
  let hasSource = false;
  while (words.nextBlock()) {
    const option = words.val();
    const args = option === "to" || option === "source" ? words.remainingArgs() : [];
    if (option === "to") {
      if (args.length === 0) throw words.argErr();
      to.push(...args.map((host) => hostOf(host, words)));
    } else if (option === "source") {
      if (args.length !== 1) throw words.argErr();
      if (hasSource) throw doubled(words.err("source already specified"));
      if (!isIp(args[0]!)) throw doubled(words.err(`invalid source address ${JSON.stringify(args[0])}`));
      hasSource = true;
    } else throw doubled(words.err(`unknown property ${JSON.stringify(option)}`));
  }
  if (to.length === 0) throw doubled(words.err("'to' is required"));
  return { zones, to };
}

/** The address of a host to which zones go; the port is of account only where somebody is notified (plugin/pkg/parse, HostPort). */
function hostOf(text: string, words: Dispenser): string {
  if (text === "*") return text;
  const parts = /^(?:\[([^[\]]*)\]|([^:[\]]*)):([^:[\]]*)$/.exec(text);
  const host = parts === null ? text : (parts[1] ?? parts[2]!);
  if (!isIp(host.replace(/%.*$/s, ""))) throw words.plainErr(`must specify an IP address: \`${host}'`);
  return host;
}

function isIp(text: string): boolean {
  return parseAddressWords(text) !== undefined;
}

/** Of these mistakes the real setup names itself twice. */
function doubled({ message, position }: ParseError): ParseError {
  return new ParseError(`plugin/transfer: ${message}`, position === undefined ? {} : { position });
}
