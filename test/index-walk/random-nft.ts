import { parseAddressWords } from "@kubenetsim/core/net/address";
import type { NftFamily } from "@kubenetsim/netfilter/ruleset/nft-table";
import { parseNftCommands } from "@kubenetsim/netfilter/text/nft-command-parse";
import fc from "fast-check";
import type { NftHostRules, NftPacketSpec } from "./nft-observation.ts";
import { type PacketValues, packetOf } from "./random-packets.ts";

// Few values of each kind, so that rules and packets meet.
const addresses = {
  ip: ["10.0.0.1", "10.0.0.2", "10.0.1.3", "192.168.10.11"],
  ip6: ["fd00::1", "fd00::2", "fd00::1:3", "fd99::11"],
} as const;
const ranges = {
  ip: ["10.0.0.0/24", "10.0.0.0/8", "10.0.0.2/31"],
  ip6: ["fd00::/112", "fd00::/16", "fd00::2/127"],
} as const;
const devices = [
  { name: "eth0", addresses: ["192.168.10.11/24", "fd99::11/64"] },
  { name: "veth1", addresses: [] },
];
const chainNames = ["c0", "c1", "c2", "c3"];

/** What hangs on a hook, and what is allowed there alone. */
const bases = {
  "nat prerouting -100": ["dnat"],
  "nat postrouting 100": ["masquerade"],
  "filter forward 0": ["reject"],
} as const;
type Base = keyof typeof bases;

const port = fc.constantFrom("53", "80", "443");
const protocol = fc.constantFrom("tcp", "udp", "sctp");
const not = fc.constantFrom("", "", "!= ");
const line = (...parts: (fc.Arbitrary<string> | string)[]) =>
  fc
    .tuple(...parts.map((part) => (typeof part === "string" ? fc.constant(part) : part)))
    .map((words) => words.join(""));

const conditionOf = (family: NftFamily): fc.Arbitrary<string> => {
  const address = fc.constantFrom(...addresses[family]);
  const range = fc.constantFrom(...ranges[family]);
  const side = fc.constantFrom("saddr", "daddr");
  return fc.oneof(
    line(`${family} `, side, " ", not, fc.oneof(address, range)),
    line(`${family} `, side, " ", not, fc.constantFrom("@addresses", "@ranges", "@clients")),
    line(`${family} `, side, " ", not, "{ ", address, ", ", range, " }"),
    line("meta l4proto ", not, protocol),
    line("meta l4proto ", not, "{ tcp, udp }"),
    line("th ", fc.constantFrom("sport", "dport"), " ", not, port),
    fc.constantFrom("ct state new", "ct state established,related", "ct state invalid", "ct status dnat"),
    fc.constantFrom("mark and 0x1 != 0", "mark 0x0", "mark != 0x5"),
    line("fib ", side, " type ", not, "local"),
    line(fc.constantFrom("iifname ", "oifname "), not, fc.constantFrom("eth0", "veth*")),
    line(`${family} daddr . meta l4proto . th dport `, not, "{ ", address, " . tcp . ", port, " }"),
    line(`${family} saddr . ${family} daddr . meta l4proto . th dport `, not, "@pairs"),
  );
};

/** Jumps lead to chains further on alone: what nft would not refuse. */
const endOf = (family: NftFamily, base: Base, from: number): fc.Arbitrary<string> => {
  const later = chainNames.slice(from);
  const endpoint = (number: number) => `${addresses[family][number]} . 80`;
  const chain =
    later.length === 0 ? fc.constant("return") : line(fc.constantFrom("jump ", "goto "), fc.constantFrom(...later));
  const tcp = "meta l4proto { tcp, udp } ";
  const own: Record<string, fc.Arbitrary<string>> = {
    dnat: fc.constantFrom(
      `${tcp}dnat ${family} addr . port to numgen random mod 3 map { 0 : ${endpoint(0)} , 1 : ${endpoint(2)} }`,
      `${tcp}dnat ${family} addr . port to numgen inc mod 2 offset 3 map { 3 : ${endpoint(0)} , 4 : ${endpoint(2)} }`,
      family === "ip" ? "meta l4proto tcp dnat to 10.0.0.2:80" : "meta l4proto tcp dnat to [fd00::2]:80",
    ),
    masquerade: fc.constantFrom("masquerade", "masquerade fully-random"),
    reject: fc.constant("reject"),
  };
  return fc.oneof(
    { weight: 6, arbitrary: chain },
    { weight: 1, arbitrary: fc.constantFrom("accept", "drop", "return", "continue", "", "counter name hits") },
    { weight: 2, arbitrary: fc.constantFrom("mark set mark or 0x1", "mark set mark xor 0x3", "mark set 0x5") },
    { weight: 2, arbitrary: fc.constantFrom("update", "add").map((verb) => `${verb} @clients { ${family} saddr }`) },
    { weight: 2, arbitrary: line("numgen random mod 3 vmap { 0 : ", chain, ", 1 : ", chain, " }") },
    { weight: 1, arbitrary: line("numgen inc mod 2 vmap { 0 : ", chain, ", 1 : ", chain, " }") },
    { weight: from < 2 ? 3 : 0, arbitrary: fc.constant(`${family} daddr . meta l4proto . th dport vmap @services`) },
    ...bases[base].map((kind) => ({ weight: 2, arbitrary: own[kind]! })),
  );
};

const ruleOf = (family: NftFamily, base: Base, from: number): fc.Arbitrary<string> =>
  fc
    .tuple(fc.array(conditionOf(family), { maxLength: 2 }), fc.boolean(), endOf(family, base, from))
    .filter(([conditions, , end]) => conditions.length > 0 || end !== "")
    .map(([conditions, counts, end]) =>
      [...conditions, counts ? "counter" : "", end].filter((word) => word !== "").join(" "),
    );

const tableOf = (family: NftFamily, base: Base): fc.Arbitrary<string> => {
  const rules = (chain: string, from: number) =>
    fc
      .array(ruleOf(family, base, from), { minLength: 1, maxLength: 5 })
      .map((lines) => lines.map((text) => `add rule ${family} t ${chain} ${text}`));
  const verdict = fc.constantFrom("goto c3", "jump c2", "drop", "accept", "continue");
  const service = fc.tuple(fc.constantFrom(...addresses[family]), protocol, port, verdict);
  const services = fc
    .uniqueArray(service, { maxLength: 8, selector: ([a, b, c]) => `${a} ${b} ${c}` })
    .map((elements) =>
      elements.map(([a, b, c, to]) => `add element ${family} t services { ${a} . ${b} . ${c} : ${to} }`),
    );
  const type = family === "ip" ? "ipv4_addr" : "ipv6_addr";
  const [kind, hook, priority] = base.split(" ");
  const [one, two] = addresses[family];
  return fc
    .tuple(
      fc.constantFrom("accept", "accept", "drop"),
      rules("base", 0),
      ...chainNames.map((chain, i) => rules(chain, i + 1)),
      services,
    )
    .map(([policy, ...parts]) =>
      [
        `add table ${family} t`,
        `add counter ${family} t hits`,
        `add chain ${family} t base { type ${kind} hook ${hook} priority ${priority} ; policy ${policy} ; }`,
        ...chainNames.map((chain) => `add chain ${family} t ${chain}`),
        `add set ${family} t addresses { type ${type} ; }`,
        `add set ${family} t ranges { type ${type} ; flags interval ; }`,
        `add set ${family} t pairs { type ${type} . ${type} . inet_proto . inet_service ; }`,
        `add set ${family} t clients { type ${type} ; size 2 ; flags dynamic,timeout ; timeout 10s ; }`,
        `add map ${family} t services { type ${type} . inet_proto . inet_service : verdict ; }`,
        ...parts.flat(),
        `add element ${family} t addresses { ${two} }`,
        `add element ${family} t ranges { ${ranges[family][2]} }`,
        `add element ${family} t pairs { ${one} . ${two} . tcp . 80 }`,
        `add element ${family} t pairs { ${two} . ${two} . tcp . 80 }`,
      ].join("\n"),
    );
};

/** A host with random nft rules of a family; the text too, for one who wants to read them. */
export const randomNft = (family: NftFamily): fc.Arbitrary<NftHostRules & { readonly text: string }> =>
  fc
    .constantFrom(...(Object.keys(bases) as Base[]))
    .chain((base) => tableOf(family, base))
    .map((text) => ({ text, transactions: parseNftCommands(text), devices }));

/** As it may come to any base chain. */
export const nftPacketOf = (values: PacketValues): fc.Arbitrary<NftPacketSpec> =>
  fc
    .tuple(packetOf(values), fc.constantFrom("new", "new", "established", "related", "invalid"), fc.boolean())
    .map(([spec, state, isTranslated]) => ({ ...spec, state, isTranslated }));

export const randomNftPacket = (family: NftFamily): fc.Arbitrary<NftPacketSpec> =>
  nftPacketOf({
    addresses: addresses[family].map((text) => parseAddressWords(text)!),
    ports: [53, 80, 443],
    marks: [1, 5],
    devices: devices.length,
  });
