import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fc, test } from "@fast-check/vitest";
import { maskWords } from "@kubenetsim/core/net/cidr";
import { describe, expect, it } from "vitest";
import { nftKeyText } from "../nft/nft-element-key.ts";
import { NftError } from "../nft/nft-error.ts";
import { NftStore } from "../nft/nft-store.ts";
import { tableCreation } from "../nft/table-creation.ts";
import type { NftElementKey, NftField, NftStatement, NftValue, NftVerdict } from "../ruleset/nft-expression.ts";
import type {
  NftBase,
  NftChain,
  NftCounter,
  NftDataType,
  NftElement,
  NftFamily,
  NftRule,
  NftSet,
  NftTable,
} from "../ruleset/nft-table.ts";
import type { NftCommand, NftTransaction } from "../ruleset/nft-transaction.ts";
import { canonicalNftList } from "./nft-canonical.ts";
import { parseNftCommands } from "./nft-command-parse.ts";
import { printNftTransaction } from "./nft-command-print.ts";
import { parseNftList } from "./nft-list-parse.ts";
import { printNftList } from "./nft-list-print.ts";

type Draw = fc.GeneratorValue;

/** Draws the parts of one table, which know of each other: rules name its sets and chains. */
class TableDraw {
  readonly #draw: Draw;
  readonly family: NftFamily;

  constructor(draw: Draw, family: NftFamily) {
    this.#draw = draw;
    this.family = family;
  }

  number(min: number, max: number): number {
    return this.#draw(fc.integer, { min, max });
  }

  one<T>(values: readonly T[]): T {
    return values[this.number(0, values.length - 1)]!;
  }

  chance(ofTen: number): boolean {
    return this.number(0, 9) < ofTen;
  }

  some<T>(max: number, make: () => T): T[] {
    return Array.from({ length: this.number(0, max) }, make);
  }

  comment(): string | undefined {
    return this.chance(3)
      ? this.one(["a", "default/web:http", "two words; {and} #more, @all", "x".repeat(127)])
      : undefined;
  }

  value(type: NftDataType | "fib" | "numgen"): NftValue {
    switch (type) {
      case "ipv4_addr":
        return { kind: "address", words: [this.one([0, -1, 0x0a000001, 0x0a010203 | 0, this.word()])] };
      case "ipv6_addr":
        return {
          kind: "address",
          words: this.one([[0, 0, 0, 1], [0, 0, -1 >>> 16, this.word()], this.v6(), this.v6()]),
        };
      case "inet_proto":
        return { kind: "protocol", number: this.one([6, 17, 132, 1, 58, this.number(1, 255)]) };
      case "inet_service":
        return { kind: "number", number: this.one([80, 256, 1, 65_535, this.number(0, 65_535)]) };
      case "mark":
        return { kind: "mark", value: this.one([0, 1, 0x4000, 0x80000000, this.word() >>> 0]) };
      case "ifname":
        return { kind: "device", name: this.one(["lo", "eth0", "eth1", "cni0", "veth1a2b3c4d"]) };
      case "fib":
        return { kind: "word", word: this.one(["local", "unicast", "broadcast", "multicast"]) };
      case "numgen":
        return { kind: "number", number: this.number(0, 2) };
    }
  }

  word(): number {
    return this.number(-(2 ** 31), 2 ** 31 - 1);
  }

  v6(): number[] {
    return [this.one([0xfd000000 | 0, 0x20010db8]), this.one([0, 1, this.word()]), 0, this.one([0, this.word()])];
  }

  address(): NftValue {
    const value = this.value(this.family === "ip" ? "ipv4_addr" : "ipv6_addr");
    if (value.kind !== "address" || this.chance(6)) return value;
    const prefix = this.number(0, value.words.length * 32 - 1);
    return { kind: "cidr", cidr: { words: maskWords(value.words, prefix), prefix } };
  }

  field(): [field: NftField, type: NftDataType | "fib" | "numgen"] {
    const address = this.family === "ip" ? "ipv4_addr" : "ipv6_addr";
    return this.one<[NftField, NftDataType | "fib" | "numgen"]>([
      [{ kind: "saddr" }, address],
      [{ kind: "daddr" }, address],
      [{ kind: "sport" }, "inet_service"],
      [{ kind: "dport" }, "inet_service"],
      [{ kind: "l4proto" }, "inet_proto"],
      [{ kind: "iifname" }, "ifname"],
      [{ kind: "oifname" }, "ifname"],
      [{ kind: "mark", mask: undefined }, "mark"],
      [{ kind: "fib-type", of: this.one(["saddr", "daddr"]) }, "fib"],
      [{ kind: "numgen", mode: this.one(["random", "inc"]), modulus: 3, offset: this.one([0, 1]) }, "numgen"],
      [
        {
          kind: "jhash",
          of: this.one<readonly NftField[]>([[{ kind: "saddr" }], [{ kind: "daddr" }, { kind: "sport" }]]),
          modulus: 3,
          seed: this.one([undefined, 0, 0xdeadbeef]),
          offset: this.one([0, 1]),
        },
        "numgen",
      ],
    ]);
  }

  keys(types: readonly (NftDataType | "fib" | "numgen")[], max: number): NftElementKey[] {
    const keys = Array.from({ length: this.number(1, max) }, () => types.map((type) => this.value(type)));
    return [...new Map(keys.map((key) => [nftKeyText(key), key])).values()];
  }

  verdict(chains: readonly string[]): NftVerdict {
    const kind = this.one(["accept", "drop", "return", "continue", "jump", "goto"] as const);
    if (kind !== "jump" && kind !== "goto") return { kind };
    return chains.length === 0 ? { kind: "drop" } : { kind, chain: this.one(chains) };
  }

  set(name: string, chains: readonly string[]): NftSet {
    const address = this.family === "ip" ? "ipv4_addr" : "ipv6_addr";
    const type = this.one<readonly NftDataType[]>([
      [address],
      [address],
      [address, "inet_proto", "inet_service"],
      [address, address, "inet_proto", "inet_service"],
      ["inet_proto", "inet_service"],
      ["inet_service"],
      ["inet_proto"],
      ["mark"],
      ["ifname"],
      ["ifname", "mark", address],
    ]);
    const data = this.one([undefined, "verdict" as const, "verdict" as const, [address] as const]);
    const dynamic = data === undefined && this.chance(2);
    const timeoutSeconds = dynamic && this.chance(5) ? this.number(1, 200_000) : undefined;
    return {
      name,
      type,
      data,
      flags: dynamic ? (timeoutSeconds === undefined ? ["dynamic"] : ["dynamic", "timeout"]) : [],
      size: this.chance(2) ? this.number(50, 70_000) : undefined,
      timeoutSeconds,
      comment: this.comment(),
      elements: dynamic || this.chance(2) ? [] : this.keys(type, 12).map((key) => this.element(key, data, chains)),
    };
  }

  element(key: NftElementKey, data: NftSet["data"], chains: readonly string[]): NftElement {
    return {
      key,
      verdict: data === "verdict" ? this.verdict(chains) : undefined,
      value: data !== undefined && data !== "verdict" ? data.map((type) => this.value(type)) : undefined,
      comment: this.comment(),
      origin: undefined,
    };
  }

  match(sets: readonly NftSet[]): NftStatement {
    const named = sets.filter(({ data, type }) => data === undefined && keyOf(type) !== undefined);
    if (named.length > 0 && this.chance(3)) {
      const set = this.one(named);
      return { kind: "match", key: keyOf(set.type)!, negated: this.chance(3), right: { kind: "named", set: set.name } };
    }
    return this.one<() => NftStatement>([
      () => this.plainMatch(),
      () => this.plainMatch(),
      () => this.addressMatch(),
      () => this.markMatch(),
      () => this.stateMatch(),
      () => this.concatenation(),
    ])();
  }

  plainMatch(): NftStatement {
    const [field, type] = this.field();
    const negated = this.chance(3);
    if (this.chance(5))
      return { kind: "match", key: [field], negated, right: { kind: "value", value: this.value(type) } };
    return { kind: "match", key: [field], negated, right: { kind: "anonymous", elements: this.keys([type], 5) } };
  }

  addressMatch(): NftStatement {
    const key: readonly NftField[] = [{ kind: this.one(["saddr", "daddr"]) }];
    const negated = this.chance(3);
    if (this.chance(5)) return { kind: "match", key, negated, right: { kind: "value", value: this.address() } };
    const elements = [[this.address()], ...this.some(5, () => [this.address()])];
    const distinct = [...new Map(elements.map((element) => [nftKeyText(element), element])).values()];
    return { kind: "match", key, negated, right: { kind: "anonymous", elements: distinct } };
  }

  markMatch(): NftStatement {
    const mask = this.one([0x4000, 0x80000000, 0xff00, 0xffffffff, 0xffff0000, this.number(1, 0xffffffff)]);
    const value: NftValue = { kind: "mark", value: this.one([0, (mask & this.word()) >>> 0, mask]) };
    return { kind: "match", key: [{ kind: "mark", mask }], negated: this.chance(5), right: { kind: "value", value } };
  }

  stateMatch(): NftStatement {
    const status = this.chance(3);
    const words = status ? ["snat", "dnat", "assured,dnat"] : ["new", "established,related", "invalid", "related,new"];
    const word = this.one(words);
    const negated = !status && !word.includes(",") && this.chance(3);
    const key: readonly NftField[] = [{ kind: status ? "ct-status" : "ct-state" }];
    return { kind: "match", key, negated, right: { kind: "value", value: { kind: "word", word } } };
  }

  concatenation(): NftStatement {
    const parts = [this.field(), this.field()];
    const types = parts.map(([, type]) => type);
    const elements = this.keys(types, 4);
    const right = { kind: "anonymous", elements } as const;
    return { kind: "match", key: parts.map(([field]) => field), negated: this.chance(3), right };
  }

  action(sets: readonly NftSet[], counters: readonly NftCounter[]): NftStatement {
    const updated = sets.filter(({ flags, type }) => flags.includes("dynamic") && keyOf(type) !== undefined);
    return this.one<() => NftStatement>([
      () => ({
        kind: "set-mark",
        operation: this.one(["or", "xor", "and", "set"]),
        value: this.one([0, 0x4000, 0xffffffff]),
      }),
      () => ({ kind: "counter", name: undefined, packets: this.number(0, 9), bytes: this.number(0, 2 ** 40) }),
      () => (counters.length === 0 ? this.match(sets) : { kind: "counter", name: this.one(counters).name }),
      () => {
        if (updated.length === 0) return this.match(sets);
        const set = this.one(updated);
        return { kind: "update-set", verb: this.one(["update", "add"]), set: set.name, key: keyOf(set.type)! };
      },
    ])();
  }

  end(sets: readonly NftSet[], chains: readonly string[]): NftStatement {
    const maps = sets.filter(({ data, type }) => data === "verdict" && keyOf(type) !== undefined);
    return this.one<() => NftStatement>([
      () => ({ kind: "verdict", verdict: this.verdict(chains) }),
      () => ({
        kind: "reject",
        with: this.one([undefined, this.family === "ip" ? "icmp host-unreachable" : "icmpv6 no-route"]),
      }),
      () => ({ kind: "masquerade", fullyRandom: this.chance(5) }),
      () => this.vmap(chains),
      () => this.dnatMap(),
      () => ({ kind: "dnat", to: { address: this.to(), port: undefined } }),
      () => {
        if (maps.length === 0) return this.vmap(chains);
        const map = this.one(maps);
        return { kind: "vmap", key: keyOf(map.type)!, map: { kind: "named", map: map.name } };
      },
    ])();
  }

  vmap(chains: readonly string[]): NftStatement {
    const [field, type] = this.field();
    const elements = this.keys([type], 4).map((key) => ({ key, verdict: this.verdict(chains) }));
    return { kind: "vmap", key: [field], map: { kind: "anonymous", elements } };
  }

  to(): readonly number[] {
    const value = this.value(this.family === "ip" ? "ipv4_addr" : "ipv6_addr");
    return value.kind === "address" ? value.words : [];
  }

  dnatMap(): NftStatement {
    const modulus = this.number(1, 5);
    const elements = Array.from({ length: modulus }, (_, number) => {
      return { key: [{ kind: "number", number } as const], to: { address: this.to(), port: undefined } };
    });
    return { kind: "dnat-map", key: [{ kind: "numgen", mode: "random", modulus, offset: 0 }], elements };
  }

  /** dnat to ports, which nft takes only after the protocol. */
  portRule(): NftStatement[] {
    const number = this.one([6, 17, 132]);
    const first: NftStatement = {
      kind: "match",
      key: [{ kind: "l4proto" }],
      negated: false,
      right: { kind: "value", value: { kind: "protocol", number } },
    };
    const modulus = this.number(1, 5);
    const elements = Array.from({ length: modulus }, (_, index) => {
      return {
        key: [{ kind: "number", number: index } as const],
        to: { address: this.to(), port: this.number(0, 65_535) },
      };
    });
    if (this.chance(5))
      return [first, { kind: "dnat-map", key: [{ kind: "numgen", mode: "inc", modulus, offset: 0 }], elements }];
    return [first, { kind: "dnat", to: elements[0]!.to }];
  }

  rule(sets: readonly NftSet[], counters: readonly NftCounter[], chains: readonly string[]): NftRule {
    const statements = this.chance(2)
      ? this.portRule()
      : [
          ...this.some(3, () => (this.chance(7) ? this.match(sets) : this.action(sets, counters))),
          this.chance(7) ? this.end(sets, chains) : this.action(sets, counters),
        ];
    return { statements: comparable(statements), comment: this.comment(), origin: undefined, line: undefined };
  }

  /** Base chains hold what every hook allows. */
  baseChain(name: string): NftChain {
    const hook = this.one(["prerouting", "input", "forward", "output", "postrouting"] as const);
    const base: NftBase = {
      type: "filter",
      hook,
      priority: this.one([-310, -300, -150, -110, -100, -95, -11, 0, 7, 50, 90, 100, 110, this.number(-400, 400)]),
      policy: this.one(["accept", "drop"]),
    };
    const statements = (): NftStatement[] => [{ kind: "verdict", verdict: this.verdict([]) }];
    const rules = this.some(2, () => ({
      statements: statements(),
      comment: this.comment(),
      origin: undefined,
      line: undefined,
    }));
    return { name, base, comment: this.comment(), rules };
  }
}

/** A key whose fields have these types. */
function keyOf(types: readonly NftDataType[]): readonly NftField[] | undefined {
  const fields: Partial<Record<NftDataType, NftField>> = {
    ipv4_addr: { kind: "daddr" },
    ipv6_addr: { kind: "daddr" },
    inet_proto: { kind: "l4proto" },
    inet_service: { kind: "dport" },
    mark: { kind: "mark", mask: undefined },
    ifname: { kind: "iifname" },
  };
  return types.map((type) => fields[type]!);
}

/**
 * nft tells ports of two kinds apart only where the rule says which, and joins what is compared of them in ways that its
 * listing has no words for (`@th,0,32`): at most one statement about ports or protocols in a rule.
 */
function comparable(statements: readonly NftStatement[]): NftStatement[] {
  let seen = false;
  return statements.filter((statement) => {
    const key = "key" in statement ? statement.key : [];
    const about = key.some(({ kind }) => kind === "sport" || kind === "dport" || kind === "l4proto");
    if (!about || statement.kind === "update-set") return true;
    const keep = !seen;
    seen = true;
    return keep;
  });
}

const tableOf = (name: string) =>
  fc.gen().map((draw): NftTable => {
    const table = new TableDraw(
      draw,
      draw(() => fc.constantFrom<NftFamily[]>("ip", "ip6")),
    );
    const names = ["reject-chain", "services", "service-ULMVA6XW-ns1/svc1/tcp/p80", "endpoint-A__fd00.10..3/80"];
    const counters = table
      .some(2, () => table.number(0, 99))
      .map((packets, i) => {
        return { name: `counter-${i}`, packets, bytes: packets * 60, comment: table.comment() };
      });
    const sets = table.some(4, () => 0).map((_, i) => table.set(`set-${i}/x`, names));
    const chains = [
      ...table.some(3, () => 0).map((_, i) => table.baseChain(`base-${i}`)),
      ...names.map((chain, i) => ({
        name: chain,
        base: undefined,
        comment: table.comment(),
        rules: table.some(4, () => table.rule(sets, counters, names.slice(i + 1))),
      })),
    ];
    return {
      family: table.family,
      name,
      comment: table.comment(),
      counters: new Map(counters.map((counter) => [counter.name, counter])),
      sets: new Map(sets.map((set) => [set.name, set])),
      chains: new Map(chains.map((chain) => [chain.name, chain])),
    };
  });

function stored(table: NftTable): NftTable {
  const store = new NftStore();
  store.apply(tableCreation(table));
  return store.tables()[0]!;
}

describe("nft text", () => {
  test.prop([tableOf("t")])("fed to nft is read as it was meant", (table) => {
    const transaction = tableCreation(table);
    const text = printNftTransaction(transaction);
    const [read, ...more] = parseNftCommands(text);
    expect(more).toEqual([]);
    expect(printNftTransaction(read!)).toBe(text);
    expect(read!.commands.map(withoutLine)).toEqual(transaction.commands.map(withoutLine));
  });

  test.prop([tableOf("t")])("that lists a table is read and printed as it stands", (table) => {
    const text = printNftList(stored(table));
    const [read] = parseNftList(text);
    expect(printNftList(read!)).toBe(text);
    expect(printNftList(stored(read!))).toBe(text);
    expect(canonicalNftList(read!)).toBe(canonicalNftList(stored(table)));
    expect(canonicalNftList(parseNftList(canonicalNftList(read!))[0]!)).toBe(canonicalNftList(read!));
  });
});

/** What the text does not say: its own line; and a counter that has counted nothing. */
function withoutLine(command: NftCommand): unknown {
  return JSON.parse(JSON.stringify(command, (key, value) => (key === "line" || value === 0 ? undefined : value)));
}

function realProgram(): boolean {
  try {
    if (process.getuid?.() !== 0) return false;
    execFileSync("unshare", ["-n", "nft", "list", "ruleset"], { stdio: "ignore" });
    return execFileSync("nft", ["--version"], { encoding: "utf8" }).includes("v1.0.6");
  } catch {
    return false;
  }
}

/** Runs a shell script in a network namespace of its own, in a folder that holds these files. */
function inNamespace(script: string, files: Readonly<Record<string, string>>, results: readonly string[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), "kubenetsim-nft-"));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const run = spawnSync("unshare", ["-n", "sh", "-ec", script], { cwd: folder, encoding: "utf8" });
    if (run.status !== 0) throw new Error(run.stderr.slice(0, 2000));
    return results.map((name) => readFileSync(join(folder, name), "utf8"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe.skipIf(!realProgram())("the real nft 1.0.6 (skipped when not root or not installed)", () => {
  it.each([0, 1, 2, 3, 4])("lists 50 random tables as we print them (part %i)", (part) => {
    const tables = randomTables(part * 50, 50);
    const fed = tables.map((table) => printNftTransaction(tableCreation(table))).join("");
    const [listed] = inNamespace("nft -f fed && nft list ruleset >listed", { fed }, ["listed"]);
    expect(tables.map((table) => printNftList(stored(table))).join("")).toBe(listed);
    expect(parseNftList(listed!).map(printNftList).join("")).toBe(listed);
  });

  it("takes and refuses the transactions that we take and refuse, and then lists the same", () => {
    const transactions = fc.sample(transaction, { seed: 7, numRuns: 300 });
    const files = Object.fromEntries(transactions.map((one, i) => [`tx${i}`, printNftTransaction(one)]));
    const script = transactions.map(
      (_, i) => `(nft -f tx${i} 2>/dev/null && echo held || echo refused) >>answers; nft list ruleset >>answers`,
    );
    const [answers] = inNamespace(script.join("\n"), files, ["answers"]);
    const store = new NftStore();
    const ours = transactions.map((one) => `${outcome(store, one)}\n${store.tables().map(printNftList).join("")}`);
    expect(ours.filter((text) => text.startsWith("refused")).length).toBeGreaterThan(30);
    expect(ours.filter((text) => text.startsWith("held")).length).toBeGreaterThan(30);
    expect(ours.join("")).toBe(answers);
  });
});

function randomTables(from: number, count: number): NftTable[] {
  return Array.from({ length: count }, (_, i) => fc.sample(tableOf(`t${i}`), { seed: from + i, numRuns: 1 })[0]!);
}

function outcome(store: NftStore, one: NftTransaction): "held" | "refused" {
  try {
    store.apply(one);
    return "held";
  } catch (error) {
    if (error instanceof NftError) return "refused";
    throw error;
  }
}

/** A few commands on a table with few names, so that they often meet; chains lead only to later ones, so in no circle. */
const transaction = fc.gen().map((draw): NftTransaction => {
  const table = new TableDraw(draw, "ip");
  const chains = ["a", "b", "c", "base"];
  const none = { size: undefined, timeoutSeconds: undefined, comment: undefined };
  const sets: readonly Omit<NftSet, "elements">[] = [
    {
      name: "plain",
      type: ["ipv4_addr"],
      data: undefined,
      flags: [],
      ...none,
      size: table.one([undefined, undefined, 3]),
    },
    // With a size: the kernel keeps the one that it gives itself even where the transaction is refused.
    { name: "dyn", type: ["ipv4_addr"], data: undefined, flags: ["dynamic"], ...none, size: 100 },
    { name: "ports", type: ["inet_proto", "inet_service"], data: "verdict", flags: [], ...none },
    { name: "plain", type: ["inet_service"], data: "verdict", flags: [], ...none },
  ];
  const base: NftBase = {
    type: "filter",
    hook: "input",
    priority: table.one([0, 0, 5]),
    policy: table.one(["accept", "drop"]),
  };
  const later = (name: string): string[] => chains.slice(chains.indexOf(name) + 1, 3);
  const command = (): NftCommand => {
    const chain = table.one(chains);
    const set = table.one([...sets.slice(0, 3), ...sets.slice(0, 3), ...sets]);
    return table.one<() => NftCommand>([
      () => ({
        verb: "add",
        object: "chain",
        chain: { name: chain, base: chain === "base" ? base : undefined, comment: undefined },
      }),
      () => ({ verb: table.one(["delete", "flush"]), object: "chain", name: chain }),
      () => ({ verb: "add", object: "set", set }),
      () => ({ verb: table.one(["delete", "flush"]), object: set.data === undefined ? "set" : "map", name: set.name }),
      () => ({ verb: "add", object: "rule", chain, rule: smallRule(table, later(chain)) }),
      () => ({ verb: "add", object: "rule", chain, rule: smallRule(table, later(chain)) }),
      () => ({ verb: "add", object: "element", set: set.name, element: smallElement(table, set, chains) }),
      () => ({ verb: "add", object: "element", set: set.name, element: smallElement(table, set, chains) }),
      () => ({ verb: "delete", object: "element", set: set.name, element: smallElement(table, set, chains) }),
      () => ({ verb: "add", object: "counter", counter: { name: "k", packets: 0, bytes: 0, comment: undefined } }),
      () => ({ verb: "delete", object: "counter", name: "k" }),
    ])();
  };
  const start: NftCommand[] = table.chance(9)
    ? [{ verb: "add", object: "table" }]
    : [{ verb: "delete", object: "table" }];
  return { family: "ip", table: "t", commands: [...start, ...table.some(4, command)] };
});

function smallElement(table: TableDraw, set: Omit<NftSet, "elements">, chains: readonly string[]): NftElement {
  const number = table.number(1, 4);
  const ports = [
    { kind: "protocol", number: 6 },
    { kind: "number", number },
  ] as const;
  return {
    key: set.name === "ports" ? ports : set.type.map(() => ({ kind: "address", words: [number] })),
    verdict: set.data === undefined ? undefined : { kind: "goto", chain: table.one(chains) },
    value: undefined,
    comment: table.one([undefined, "x"]),
    origin: undefined,
  };
}

function smallRule(table: TableDraw, later: readonly string[]): NftRule {
  const daddr: readonly NftField[] = [{ kind: "daddr" }];
  const statement = table.one<NftStatement>([
    { kind: "verdict", verdict: table.verdict(later) },
    { kind: "match", key: daddr, negated: false, right: { kind: "named", set: "plain" } },
    { kind: "update-set", verb: "update", set: "dyn", key: daddr },
    { kind: "vmap", key: [{ kind: "l4proto" }, { kind: "dport" }], map: { kind: "named", map: "ports" } },
    { kind: "counter", name: "k" },
  ]);
  return { statements: [statement], comment: table.comment(), origin: undefined, line: undefined };
}
