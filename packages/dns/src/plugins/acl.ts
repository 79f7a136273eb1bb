import { parseAddressWords } from "@kubenetsim/core/net/address";
import { type Cidr, cidrContains } from "@kubenetsim/core/net/cidr";
import { addressRange } from "../corefile/address-range.ts";
import type { Dispenser } from "../corefile/dispenser.ts";
import { originsOf } from "../corefile/zone-and-port.ts";
import { type DnsMessage, type Edns, replyTo } from "../message/dns-message.ts";
import { parseRecordType, type RecordType } from "../message/record-type.ts";
import type { DnsName } from "../message/resource-record.ts";
import type { DnsReply, DnsRequest, PluginDefinition } from "./plugin.ts";
import { isInAnyZone } from "./zones.ts";

const actions = ["allow", "block", "filter", "drop"] as const;
type Action = (typeof actions)[number];

interface Policy {
  readonly action: Action;
  /** Undefined for all. */
  readonly types: ReadonlySet<RecordType> | undefined;
  readonly networks: readonly Cidr[] | undefined;
}

interface Rule {
  readonly zones: readonly DnsName[];
  readonly policies: readonly Policy[];
}

/** Says who may ask what (plugin/acl). */
export const acl: PluginDefinition = {
  name: "acl",
  setup: ({ words, zones }) => {
    const rules = readRules(words(), zones);
    return {
      handle: (next) => (request) => {
        const action = actionFor(rules, request);
        if (action !== "allow")
          request.steps?.push({ plugin: "acl", text: `${action}s a query from ${request.client}` });
        return action === "allow" ? next(request) : refused(action, request.message);
      },
    };
  },
};

/** The first rule of the name's zone that says something about the client. */
function actionFor(rules: readonly Rule[], { name, client, question }: DnsRequest): Action {
  const address = parseAddressWords(client);
  for (const { zones, policies } of rules) {
    if (!isInAnyZone(zones, name)) continue;
    if (address === undefined) return "block";
    const policy = policies.find(
      ({ types, networks }) =>
        (types?.has(question.type) ?? true) && (networks?.some((network) => cidrContains(network, address)) ?? true),
    );
    if (policy !== undefined) return policy.action;
  }
  return "allow";
}

/** With an extended error that says why (RFC 8914): 15 blocked, 17 filtered. */
function refused(action: Exclude<Action, "allow">, query: DnsMessage): DnsReply {
  if (action === "drop") return { rcode: "NOERROR" };
  const reply = replyTo(query, action === "block" ? "REFUSED" : "NOERROR");
  return { rcode: "NOERROR", message: { ...reply, edns: extendedError(action === "block" ? 15 : 17) } };
}

function extendedError(code: number): Edns {
  return { udpSize: 4096, version: 0, do: true, options: [{ code: 15, data: Uint8Array.of(0, code) }] };
}

function readRules(words: Dispenser, blockZones: readonly DnsName[]): Rule[] {
  const rules: Rule[] = [];
  while (words.next()) {
    const zones = originsOf(words.remainingArgs(), blockZones);
    const policies: Policy[] = [];
    while (words.nextBlock()) policies.push(readPolicy(words));
    rules.push({ zones, policies });
  }
  return rules;
}

function readPolicy(words: Dispenser): Policy {
  const action = actions.find((known) => known === words.val().toLowerCase());
  if (action === undefined) {
    throw words.err(`unexpected token "${words.val()}"; expect 'allow', 'block', 'filter' or 'drop'`);
  }
  const sections = readSections(words);
  const types = sections.get("type");
  const named = types === undefined ? undefined : upToStar(types).map((word) => typeNamed(words, word));
  const networks = networksOf(words, sections.get("net"));
  return { action, types: named === undefined || types?.includes("*") === true ? undefined : new Set(named), networks };
}

/** What stands behind a `*` is not looked at. */
function upToStar(list: readonly string[]): readonly string[] {
  const star = list.indexOf("*");
  return star < 0 ? list : list.slice(0, star);
}

/** `type A AAAA net 10.0.0.0/8`: the words behind each of the two. */
function readSections(words: Dispenser): ReadonlyMap<string, readonly string[]> {
  const sections = new Map<string, string[]>();
  let section: string[] | undefined;
  let name = "";
  for (const word of [...words.remainingArgs(), undefined]) {
    const lower = word?.toLowerCase();
    if (lower !== undefined && lower !== "type" && lower !== "net") {
      if (section === undefined) throw words.err(`unexpected token "${word}"; expect 'type | net'`);
      section.push(word!);
      continue;
    }
    if (section?.length === 0) throw words.err(`no token specified in "${name}" section`);
    if (lower === undefined) break;
    name = lower;
    section = sections.get(name) ?? [];
    sections.set(name, section);
  }
  return sections;
}

function typeNamed(words: Dispenser, word: string): RecordType {
  const type = word === word.toUpperCase() ? parseRecordType(word) : undefined;
  if (type === undefined) throw words.err(`unexpected token "${word}"; expect legal QTYPE`);
  return type;
}

/** Undefined for all. */
function networksOf(words: Dispenser, list: readonly string[] | undefined): readonly Cidr[] | undefined {
  if (list === undefined) return undefined;
  const networks = upToStar(list).map((word) => networkNamed(words, word));
  return list.includes("*") ? undefined : networks;
}

function networkNamed(words: Dispenser, word: string): Cidr {
  const text = word.includes("/") ? word : `${word}${word.includes(":") ? "/128" : "/32"}`;
  const network = addressRange(text);
  if (network === undefined) throw words.err(`illegal CIDR notation "${text}"`);
  return network;
}
