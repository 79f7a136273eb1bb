import { fc, test } from "@fast-check/vitest";
import { formatAddress, parseAddressWords } from "@kubenetsim/core/net/address";
import { cidrContains } from "@kubenetsim/core/net/cidr";
import { virtualClock } from "@kubenetsim/core/runtime/clock";
import { type Random, seededRandom } from "@kubenetsim/core/runtime/random";
import { expect } from "vitest";
import type { NftElementKey, NftField, NftKey, NftStatement, NftVerdict } from "../../ruleset/nft-expression.ts";
import type { NftChain, NftTable } from "../../ruleset/nft-table.ts";
import { parseNftCommands } from "../../text/nft-command-parse.ts";
import { hook } from "../hook.ts";
import { Kernel } from "../kernel.ts";
import { Meter } from "../meter.ts";
import { Packet } from "../packet.ts";
import { recordLength, Tape, tapeKind } from "../tape.ts";

// Few values of each kind, so that rules and packets meet.
const addresses = {
  ip: ["10.0.0.1", "10.0.0.2", "10.0.1.3", "192.168.10.11"],
  ip6: ["fd00::1", "fd00::2", "fd00::1:3", "fd99::11"],
};
const ranges = { ip: ["10.0.0.0/24", "10.0.0.0/8", "10.0.0.2/31"], ip6: ["fd00::/112", "fd00::/16", "fd00::2/127"] };
const devices = [
  { name: "eth0", addresses: ["192.168.10.11/24", "fd99::11/64"] },
  { name: "veth1", addresses: [] },
];
const chainNames = ["c0", "c1", "c2", "c3"];
type Family = "ip" | "ip6";

const port = fc.constantFrom("53", "80", "443");
const protocol = fc.constantFrom("tcp", "udp");
const not = fc.constantFrom("", "", "!= ");

const conditionOf = (family: Family): fc.Arbitrary<string> => {
  const address = fc.constantFrom(...addresses[family]);
  const range = fc.constantFrom(...ranges[family]);
  const side = fc.constantFrom("saddr", "daddr");
  const line = (...parts: fc.Arbitrary<string>[]) => fc.tuple(...parts).map((words) => words.join(""));
  return fc.oneof(
    line(fc.constant(`${family} `), side, fc.constant(" "), not, fc.oneof(address, range)),
    line(fc.constant(`${family} `), side, fc.constant(" "), not, fc.constantFrom("@addresses", "@ranges", "@clients")),
    line(
      fc.constant(`${family} `),
      side,
      fc.constant(" "),
      not,
      fc.constant("{ "),
      address,
      fc.constant(", "),
      range,
      fc.constant(" }"),
    ),
    line(fc.constant("meta l4proto "), not, protocol),
    line(fc.constant("th dport "), not, port),
    fc.constantFrom("ct state new", "ct state established", "ct status dnat", "mark and 0x1 != 0", "mark 0x0"),
    line(fc.constant("fib "), side, fc.constant(" type "), not, fc.constant("local")),
    line(fc.constant("iifname "), not, fc.constantFrom("eth0", "veth*")),
    line(
      fc.constant(`${family} daddr . meta l4proto . th dport `),
      not,
      fc.constant("{ "),
      address,
      fc.constant(" . tcp . "),
      port,
      fc.constant(" }"),
    ),
  );
};

/** Jumps lead to chains further on alone: what nft would not refuse. */
const endOf = (family: Family, from: number): fc.Arbitrary<string> => {
  const later = chainNames.slice(from);
  const endpoint = (number: number) => `${addresses[family][number]} . 80`;
  const chain =
    later.length === 0
      ? fc.constant("return")
      : fc.tuple(fc.constantFrom("jump ", "goto "), fc.constantFrom(...later)).map((words) => words.join(""));
  return fc.oneof(
    { weight: 6, arbitrary: chain },
    { weight: 1, arbitrary: fc.constantFrom("accept", "drop", "return", "continue", "") },
    { weight: 2, arbitrary: fc.constantFrom("mark set mark or 0x1", "mark set mark xor 0x3", "mark set 0x5") },
    { weight: 2, arbitrary: fc.constantFrom("update", "add").map((verb) => `${verb} @clients { ${family} saddr }`) },
    { weight: 2, arbitrary: fc.tuple(chain, chain).map(([a, b]) => `numgen random mod 3 vmap { 0 : ${a}, 1 : ${b} }`) },
    { weight: 1, arbitrary: fc.tuple(chain, chain).map(([a, b]) => `numgen inc mod 2 vmap { 0 : ${a}, 1 : ${b} }`) },
    { weight: from < 2 ? 3 : 0, arbitrary: fc.constant(`${family} daddr . meta l4proto . th dport vmap @services`) },
    {
      weight: 2,
      arbitrary: fc.constant(
        `meta l4proto { tcp, udp } dnat ${family} addr . port to numgen random mod 3 map { 0 : ${endpoint(0)} , 1 : ${endpoint(2)} }`,
      ),
    },
  );
};

const ruleOf = (family: Family, from: number): fc.Arbitrary<string> =>
  fc
    .tuple(fc.array(conditionOf(family), { maxLength: 2 }), fc.boolean(), endOf(family, from))
    .filter(([conditions, , end]) => conditions.length > 0 || end !== "")
    .map(([conditions, counts, end]) =>
      [...conditions, counts ? "counter" : "", end].filter((word) => word !== "").join(" "),
    );

const tableOf = (family: Family): fc.Arbitrary<string> => {
  const rules = (chain: string, from: number) =>
    fc
      .array(ruleOf(family, from), { minLength: 1, maxLength: 4 })
      .map((lines) => lines.map((line) => `add rule ${family} t ${chain} ${line}`));
  const service = fc.tuple(
    fc.constantFrom(...addresses[family]),
    protocol,
    port,
    fc.constantFrom("goto c3", "jump c2", "drop", "accept", "continue"),
  );
  const services = fc
    .uniqueArray(service, { maxLength: 5, selector: ([a, b, c]) => `${a} ${b} ${c}` })
    .map((elements) =>
      elements.map(([a, b, c, verdict]) => `add element ${family} t services { ${a} . ${b} . ${c} : ${verdict} }`),
    );
  const type = family === "ip" ? "ipv4_addr" : "ipv6_addr";
  return fc
    .tuple(rules("base", 0), ...chainNames.map((chain, i) => rules(chain, i + 1)), services)
    .map((parts) =>
      [
        `add table ${family} t`,
        `add chain ${family} t base { type nat hook prerouting priority -100 ; }`,
        ...chainNames.map((chain) => `add chain ${family} t ${chain}`),
        `add set ${family} t addresses { type ${type} ; }`,
        `add set ${family} t ranges { type ${type} ; flags interval ; }`,
        `add set ${family} t clients { type ${type} ; size 2 ; flags dynamic,timeout ; timeout 10s ; }`,
        `add map ${family} t services { type ${type} . inet_proto . inet_service : verdict ; }`,
        ...parts.flat(),
        `add element ${family} t addresses { ${addresses[family][1]} }`,
        `add element ${family} t ranges { ${ranges[family][2]} }`,
      ].join("\n"),
    );
};

interface Sent {
  readonly source: number;
  readonly destination: number;
  readonly protocol: number;
  readonly port: number;
  readonly wait: number;
}

const sent: fc.Arbitrary<Sent> = fc.record({
  source: fc.nat(3),
  destination: fc.nat(3),
  protocol: fc.constantFrom(6, 17),
  port: fc.constantFrom(53, 80, 443),
  wait: fc.constantFrom(0, 4000, 11_000),
});

function packetOf(family: Family, { source, destination, protocol: number, port: destinationPort }: Sent): Packet {
  const packet = new Packet();
  const from = parseAddressWords(addresses[family][source]!)!;
  const to = parseAddressWords(addresses[family][destination]!)!;
  packet.v6 = family === "ip6";
  packet.protocol = number;
  packet.inDevice = source % 2;
  packet.sourcePort = 4000;
  packet.destinationPort = destinationPort;
  [packet.src0, packet.src1, packet.src2, packet.src3] = [from[0]!, from[1] ?? 0, from[2] ?? 0, from[3] ?? 0];
  [packet.dst0, packet.dst1, packet.dst2, packet.dst3] = [to[0]!, to[1] ?? 0, to[2] ?? 0, to[3] ?? 0];
  return packet;
}

interface Mapped {
  readonly key: NftElementKey;
  readonly verdict: NftVerdict | undefined;
}

type End = "accept" | "drop" | "on" | "broken" | "elsewhere" | "back";

/** Reads rules word by word and keeps its own memory: slow, and as nft's manual has it. */
class Oracle {
  readonly lines: string[] = [];
  readonly counts = { rulesCompared: 0, chainsEntered: 0, setLookups: 0, randomDraws: 0 };
  readonly counted = new Map<NftStatement, number>();
  readonly #table: NftTable;
  readonly #chance: Random;
  readonly #clients = new Map<string, number>();
  readonly #increments = new Map<NftField, number>();
  mark = 0;
  target = "";
  #packet!: Sent;
  #nowMs = 0;
  #verdict = "";

  constructor(table: NftTable, chance: Random) {
    this.#table = table;
    this.#chance = chance;
  }

  /** The base chain's verdict. */
  send(packet: Sent, nowMs: number): string {
    this.#packet = packet;
    this.#nowMs = nowMs;
    this.mark = 0;
    this.target = "";
    const end = this.#run("base", true);
    return end === "drop" ? "drop" : "accept";
  }

  /** A chain from its first rule to its end, with those that it leads to; behind the end of a top one stands the policy. */
  #run(name: string, isTop: boolean): End {
    this.counts.chainsEntered++;
    this.lines.push(`enter ${name}`);
    let own = 0;
    for (const [i, rule] of this.#table.chains.get(name)!.rules.entries()) {
      own++;
      this.counts.rulesCompared++;
      this.#verdict = "";
      const end = this.#rule(rule.statements, `rule ${name} ${i}`);
      if (end === "on" || end === "broken") continue;
      if (end === "elsewhere") {
        const [kind, chain] = this.#verdict.split(" ") as [string, string];
        if (kind === "goto") this.lines.push(`leave ${name} ${own} return`);
        const below = this.#run(chain, isTop && kind === "goto");
        if (below === "accept" || below === "drop") {
          if (kind === "jump") this.lines.push(`leave ${name} ${own} ${below}`);
          return below;
        }
        if (kind === "goto") return "back";
        continue;
      }
      const word = end === "back" ? (isTop ? "accept" : "return") : end;
      this.lines.push(`leave ${name} ${own} ${word}`);
      return end;
    }
    this.lines.push(`leave ${name} ${own} ${isTop ? "accept" : "return"}`);
    return "back";
  }

  #rule(statements: readonly NftStatement[], line: string): End {
    let isSaid = false;
    const say = (): void => {
      if (!isSaid) this.lines.push(line);
      isSaid = true;
    };
    for (const statement of statements) {
      const end = this.#statement(statement, say);
      if (end !== "on") return end;
    }
    say();
    return "on";
  }

  #statement(statement: NftStatement, say: () => void): End {
    switch (statement.kind) {
      case "match":
        return this.#holds(statement) ? "on" : "broken";
      case "counter":
        this.counted.set(statement, (this.counted.get(statement) ?? 0) + 1);
        return "on";
      case "set-mark": {
        say();
        const { operation, value } = statement;
        const before = this.mark;
        this.mark = operation === "or" ? before | value : operation === "xor" ? before ^ value : value;
        this.lines.push(`mark ${before} ${this.mark}`);
        return "on";
      }
      case "update-set":
        return this.#update(statement.verb, this.#text(statement.key)) ? "on" : "broken";
      case "verdict":
        say();
        return this.#follow(statement.verdict);
      case "vmap": {
        const { map } = statement;
        const elements: readonly Mapped[] =
          map.kind === "anonymous" ? map.elements : this.#table.sets.get(map.map)!.elements;
        const found = this.#find(statement.key, elements, map.kind === "named" ? map.map : undefined);
        if (found?.verdict === undefined) return "broken";
        if (found.verdict.kind !== "continue") say();
        return this.#follow(found.verdict);
      }
      case "dnat-map": {
        const found = this.#find(statement.key, statement.elements, undefined);
        if (found === undefined) return "broken";
        say();
        this.target = `${formatAddress(found.to.address)} ${found.to.port}`;
        return "accept";
      }
      default:
        throw new Error(statement.kind);
    }
  }

  #follow(verdict: NftVerdict): End {
    switch (verdict.kind) {
      case "jump":
      case "goto":
        this.#verdict = `${verdict.kind} ${verdict.chain}`;
        return "elsewhere";
      case "return":
        return "back";
      case "continue":
        return "on";
      default:
        return verdict.kind;
    }
  }

  #holds({ key, negated, right }: Extract<NftStatement, { kind: "match" }>): boolean {
    const [field] = key;
    if (right.kind === "named" && right.set === "clients") {
      const text = this.#text(key);
      const hit = (this.#clients.get(text) ?? 0) > this.#nowMs;
      this.counts.setLookups++;
      this.lines.push(`lookup clients ${hit}`);
      return hit !== negated;
    }
    if (right.kind === "named") {
      return (this.#find(key, this.#table.sets.get(right.set)!.elements, right.set) !== undefined) !== negated;
    }
    const elements = right.kind === "value" ? [[right.value]] : right.elements;
    const isPlain = key.length === 1 && elements.length === 1;
    if (!isPlain) this.counts.setLookups++;
    if (field!.kind === "iifname") {
      const name = devices[this.#packet.source % 2]!.name;
      const value = elements[0]![0]!;
      const wanted = value.kind === "device" ? value.name : "";
      return (wanted.endsWith("*") ? name.startsWith(wanted.slice(0, -1)) : name === wanted) !== negated;
    }
    return elements.some((element) => this.#fits(key, element, new Map())) !== negated;
  }

  /** The first element that fits, of a map with a name or of one written out; a number is drawn once. */
  #find<T extends { readonly key: NftElementKey }>(
    key: NftKey,
    elements: readonly T[],
    set: string | undefined,
  ): T | undefined {
    const numbers = new Map(key.filter(({ kind }) => kind === "numgen").map((field) => [field, this.#number(field)]));
    const found = elements.find((element) => this.#fits(key, element.key, numbers));
    this.counts.setLookups++;
    if (set !== undefined) this.lines.push(`lookup ${set} ${found !== undefined}`);
    return found;
  }

  #number(field: NftField): number {
    if (field.kind !== "numgen") throw new Error(field.kind);
    let number: number;
    if (field.mode === "random") {
      this.counts.randomDraws++;
      number = this.#chance.below(field.modulus);
    } else {
      number = this.#increments.get(field) ?? 0;
      this.#increments.set(field, (number + 1) % field.modulus);
    }
    this.lines.push(`numgen ${number}`);
    return number;
  }

  #fits(key: NftKey, element: NftElementKey, numbers: ReadonlyMap<NftField, number>): boolean {
    return key.every((field, i) => {
      const value = element[i]!;
      switch (value.kind) {
        case "address":
          return formatAddress(value.words) === this.#address(field);
        case "cidr":
          return cidrContains(value.cidr, parseAddressWords(this.#address(field))!);
        case "number":
          return value.number === (numbers.get(field) ?? this.#packet.port);
        case "protocol":
          return value.number === this.#packet.protocol;
        case "mark":
          return value.value === (field.kind === "mark" ? this.mark & (field.mask ?? -1) : -1);
        case "word":
          return this.#is(field, value.word);
        default:
          throw new Error(value.kind);
      }
    });
  }

  #is(field: NftField, word: string): boolean {
    if (field.kind === "ct-state") return word === "new";
    if (field.kind === "ct-status") return false;
    return this.#address(field.kind === "fib-type" ? { kind: field.of } : field) === addresses[this.#table.family][3];
  }

  #address(field: NftField): string {
    const { source, destination } = this.#packet;
    return addresses[this.#table.family][field.kind === "saddr" ? source : destination]!;
  }

  #text(key: NftKey): string {
    return key.map((field) => this.#address(field)).join();
  }

  #update(verb: string, text: string): boolean {
    this.counts.setLookups++;
    for (const [client, ends] of this.#clients) if (ends <= this.#nowMs) this.#clients.delete(client);
    const isThere = this.#clients.has(text);
    if (!isThere && this.#clients.size >= 2) return false;
    if (!isThere || verb === "update") this.#clients.set(text, this.#nowMs + 10_000);
    return true;
  }
}

/** The tape's records of nft, as the oracle says them. */
function linesOf(tape: Tape, kernel: Kernel): string[] {
  const names = kernel.nftNames;
  const chain = (id: number): string => names.chainName(~id).name;
  const lines: string[] = [];
  for (let record = 0; record < tape.length; record++) {
    const [kind, a, b, c, d] = tape.words.subarray(record * recordLength) as unknown as [
      number,
      number,
      number,
      number,
      number,
    ];
    if (kind === tapeKind.chainEnter) lines.push(`enter ${chain(b)}`);
    else if (kind === tapeKind.chainLeave)
      lines.push(`leave ${chain(b)} ${c} ${["accept", "drop", "reject", "", "return"][d]}`);
    else if (kind === tapeKind.nftRule) lines.push(`rule ${chain(b)} ${c}`);
    else if (kind === tapeKind.nftLookup) lines.push(`lookup ${names.setName(a).name} ${b === 1}`);
    else if (kind === tapeKind.numgen) lines.push(`numgen ${c}`);
    else if (kind === tapeKind.mark) lines.push(`mark ${a} ${b}`);
  }
  return lines;
}

function kernelOf(text: string): Kernel {
  const kernel = new Kernel({ random: seededRandom("o"), clock: virtualClock(), devices, stateless: true });
  for (const transaction of parseNftCommands(text)) kernel.applyNft(transaction);
  return kernel;
}

const families: readonly Family[] = ["ip", "ip6"];
for (const family of families) {
  test.prop([tableOf(family), fc.array(sent, { minLength: 1, maxLength: 12 })], { numRuns: 150 })(
    `rules read word by word and rules as code come to the same (${family})`,
    (text, packets) => {
      const clock = virtualClock();
      const kernel = new Kernel({ random: seededRandom("o"), clock, devices, stateless: true });
      for (const transaction of parseNftCommands(text)) kernel.applyNft(transaction);
      const table = kernelOf(text).nftTable(family, "t")!;
      const oracle = new Oracle(table, seededRandom("o").fork("statistic"));
      for (const one of packets) {
        clock.advance(one.wait);
        const packet = packetOf(family, one);
        const meter = new Meter();
        const tape = new Tape(1024);
        oracle.lines.length = 0;
        Object.assign(oracle.counts, { rulesCompared: 0, chainsEntered: 0, setLookups: 0, randomDraws: 0 });
        const given = kernel.runHook(hook.PREROUTING, packet, meter, tape);
        expect(["accept", "drop"][given]).toBe(oracle.send(one, clock.nowMs));
        expect(linesOf(tape, kernel)).toEqual(oracle.lines);
        expect(meter.cost()).toMatchObject(oracle.counts);
        expect(packet.mark).toBe(oracle.mark);
        if (oracle.target !== "") expect(destinationOf(packet)).toBe(oracle.target);
      }
      const counted = [...kernel.nftTable(family, "t")!.chains.values()].flatMap(countersOf);
      const wanted = [...table.chains.values()].flatMap(({ rules }) => rules.flatMap(({ statements }) => statements));
      const expected = wanted.filter(({ kind }) => kind === "counter").map((one) => oracle.counted.get(one) ?? 0);
      expect(counted).toEqual(expected);
    },
  );
}

function countersOf({ rules }: NftChain): number[] {
  return rules.flatMap(({ statements }) =>
    statements.flatMap((statement) => (statement.kind === "counter" ? [statement.packets ?? 0] : [])),
  );
}

function destinationOf(packet: Packet): string {
  const words = packet.v6 ? [packet.dst0, packet.dst1, packet.dst2, packet.dst3] : [packet.dst0];
  return `${formatAddress(words)} ${packet.destinationPort}`;
}
