import type { Random } from "@kubenetsim/core/runtime/random";
import type { NftFamily } from "@kubenetsim/netfilter/ruleset/nft-table";

/** One packet through the router of `nft-packets.test.ts`. */
export interface SentPacket {
  readonly source: string;
  readonly destination: string;
  /** 6 or 17. */
  readonly protocol: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
}

interface Places {
  readonly clients: readonly string[];
  readonly services: readonly string[];
  /** The router's own. */
  readonly own: readonly string[];
  readonly ranges: readonly string[];
  readonly others: readonly string[];
  readonly endpoints: readonly string[];
}

export const places: Readonly<Record<NftFamily, Places>> = {
  ip: {
    clients: ["10.0.1.5", "10.0.1.6", "10.0.1.77"],
    services: ["10.96.0.1", "10.96.0.2", "10.97.0.3"],
    own: ["10.0.1.1", "10.0.2.1"],
    ranges: ["10.0.1.0/24", "10.96.0.0/12", "10.96.0.0/16", "10.0.1.4/30"],
    others: ["172.16.0.0/12", "8.8.8.8"],
    endpoints: ["10.98.5.1", "10.98.5.2"],
  },
  ip6: {
    clients: ["fd00:1::5", "fd00:1::6", "fd00:1::77"],
    services: ["fd00:9::1", "fd00:9::2", "fd00:9:1::3"],
    own: ["fd00:1::1", "fd00:2::1"],
    ranges: ["fd00:1::/64", "fd00:9::/48", "fd00:9::/64", "fd00:1::4/126"],
    others: ["fd99::/64", "fd98::1"],
    endpoints: ["fd00:9:5::1", "fd00:9:5::2"],
  },
};

const bases: readonly (readonly [name: string, type: string, hook: string, priority: number])[] = [
  ["early", "filter", "prerouting", -150],
  ["middle", "filter", "prerouting", -110],
  ["nat-pre", "nat", "prerouting", -100],
  ["nat-pre2", "nat", "prerouting", -100],
  ["behind", "filter", "prerouting", -100],
  ["forward", "filter", "forward", 0],
  ["forward2", "filter", "forward", 0],
  ["input", "filter", "input", 0],
  ["post", "filter", "postrouting", 90],
  ["nat-post", "nat", "postrouting", 100],
];
const chains = ["c0", "c1", "c2", "c3", "c4"];
const ports = [53, 80, 443, 8080];
const marks = ["0x1", "0x2", "0x4000"];

/** A table `t` with a counter in most rules, and packets for it. Nothing in it hangs on chance. */
export class RandomNftRules {
  readonly text: string;
  readonly packets: readonly SentPacket[];
  readonly #family: NftFamily;
  readonly #random: Random;
  readonly #lines: string[] = [];

  /** `firstPort` is the first packet's source port: connections of other rulesets must not have it. */
  constructor(family: NftFamily, random: Random, firstPort: number) {
    this.#family = family;
    this.#random = random;
    this.#declare();
    for (const [i, chain] of chains.entries()) {
      for (let rules = 1 + random.below(4); rules > 0; rules--) this.#add("rule", chain, this.#rule(i, i < 3));
    }
    for (const [name, type, hook] of bases) this.#fillBase(name, type, hook);
    this.#fillSets();
    this.text = `${this.#lines.join("\n")}\n`;
    this.packets = Array.from({ length: 60 }, (_, i) => this.#packet(firstPort + i)).flatMap((packet) =>
      this.#chance(0.2) ? [packet, packet] : [packet],
    );
  }

  #declare(): void {
    const type = this.#family === "ip" ? "ipv4_addr" : "ipv6_addr";
    this.#lines.push(`add table ${this.#family} t`);
    for (const [name, kind, hook, priority] of bases) {
      this.#add("chain", name, `{ type ${kind} hook ${hook} priority ${priority} ; }`);
    }
    for (const chain of chains) this.#add("chain", chain, "");
    this.#add("set", "addresses", `{ type ${type} ; }`);
    this.#add("set", "ranges", `{ type ${type} ; flags interval ; }`);
    this.#add("map", "services", `{ type ${type} . inet_proto . inet_service : verdict ; }`);
    this.#add("map", "ports", "{ type inet_proto . inet_service : verdict ; }");
    this.#add("set", "seen", `{ type ${type} ; size 65535 ; flags dynamic,timeout ; timeout 300s ; }`);
    this.#add("set", "few", `{ type ${type} ; size 2 ; flags dynamic,timeout ; timeout 300s ; }`);
  }

  /** What the kernel itself sends (ICMP, neighbours) is let pass uncounted. */
  #fillBase(name: string, type: string, hook: string): void {
    const { services, endpoints } = this.#places;
    this.#add("rule", name, "meta l4proto != { tcp, udp } accept");
    this.#add("rule", name, "counter");
    for (let rules = 1 + this.#random.below(3); rules > 0; rules--) this.#add("rule", name, this.#rule(-1, true));
    if (name === "nat-post") this.#add("rule", name, `${this.#condition()} counter masquerade fully-random`);
    if (type === "nat" && hook === "prerouting") {
      const map = endpoints.map((endpoint, i) => `${i} : ${endpoint} . 8080`).join(" , ");
      const dnat = `dnat ${this.#family} addr . port to numgen inc mod 2 map { ${map} }`;
      this.#add("rule", name, `${this.#condition()} counter meta l4proto { tcp, udp } ${dnat}`);
      this.#add("rule", name, `${this.#family} daddr ${this.#pick(services)} counter meta l4proto udp ${dnat}`);
    }
    if ((hook === "forward" || hook === "input") && this.#chance(0.5)) {
      this.#add("rule", name, `${this.#condition()} counter reject`);
    }
  }

  #fillSets(): void {
    const element = (set: string, text: string): void => this.#add("element", set, `{ ${text} }`);
    for (const address of new Set([this.#address(), this.#address()])) element("addresses", address);
    element("ranges", this.#pick(this.#places.ranges));
    const verdict = (): string => this.#pick(["goto c4", "jump c4", "goto c3", "drop", "accept", "return", "continue"]);
    const services = Array.from({ length: 4 }, () => `${this.#address()} . ${this.#service()}`);
    for (const key of new Set(services)) element("services", `${key} : ${verdict()}`);
    for (const key of new Set([this.#service(), this.#service()])) element("ports", `${key} : ${verdict()}`);
  }

  /** Jumps lead to later chains alone, and maps to the last two, which ask none. */
  #rule(from: number, mayAsk: boolean): string {
    const conditions = Array.from({ length: this.#random.below(3) }, () => this.#condition());
    const fill = `${this.#pick(["update", "add"])} @${this.#pick(["seen", "few"])} { ${this.#family} saddr }`;
    const middle = this.#chance(0.2) ? [fill] : this.#chance(0.3) ? [this.#mark()] : [];
    const end = this.#chance(0.15) ? [] : [this.#end(chains.slice(from + 1), mayAsk)];
    return [...conditions, "counter", ...middle, ...end].join(" ");
  }

  #end(later: readonly string[], mayAsk: boolean): string {
    const to = (how: string, otherwise: string): string =>
      later.length === 0 ? otherwise : `${how} ${this.#pick(later)}`;
    switch (this.#random.below(mayAsk ? 11 : 9)) {
      case 0:
      case 1:
      case 2:
        return to("jump", "return");
      case 3:
      case 4:
        return to("goto", "return");
      case 5:
        return this.#pick(["accept", "drop"]);
      case 6:
        return this.#pick(["return", "continue"]);
      case 7:
        return this.#mark();
      case 8:
        return `numgen inc mod 3 vmap { 0 : ${to("goto", "accept")}, 1 : ${to("jump", "return")}, 2 : continue }`;
      case 9:
        return `${this.#family} daddr . meta l4proto . th dport vmap @services`;
      default:
        return "meta l4proto . th dport vmap @ports";
    }
  }

  #condition(): string {
    const { clients, own, ranges, others } = this.#places;
    const not = this.#chance(0.25) ? "!= " : "";
    const side = `${this.#family} ${this.#pick(["saddr", "daddr"])}`;
    const twice = `${this.#address()} . ${this.#service()}, ${this.#places.endpoints[0]} . tcp . 8080`;
    return this.#pick([
      `${this.#family} daddr ${not}${this.#address()}`,
      `${this.#family} saddr ${not}${this.#pick(clients)}`,
      `${side} ${not}${this.#pick(ranges)}`,
      `${side} ${not}@${this.#pick(["addresses", "ranges"])}`,
      `${this.#family} saddr ${not}{ ${this.#pick(clients)}, ${this.#pick(own)} }`,
      `${this.#family} daddr ${not}{ ${this.#pick(ranges)}, ${this.#pick(others)} }`,
      `${this.#family} daddr ${not}{ ${this.#pick(ranges)} }`,
      `meta l4proto ${not}${this.#pick(["tcp", "udp"])}`,
      `meta l4proto ${this.#pick(["tcp", "udp"])} th dport ${not}${this.#pick(ports)}`,
      `ct state ${this.#pick(["new", "new", "established", "invalid"])}`,
      "ct status dnat",
      `mark and ${this.#pick(marks)} ${this.#pick(["!=", "=="])} 0`,
      `mark ${not}${this.#pick(marks)}`,
      `fib ${this.#pick(["saddr", "daddr"])} type ${not}local`,
      `iifname ${not}${this.#pick(['"v0"', '"v*"', '"w0"'])}`,
      `${this.#family} daddr . meta l4proto . th dport ${not}{ ${twice} }`,
      `${this.#family} saddr @${this.#pick(["seen", "few"])}`,
    ]);
  }

  #mark(): string {
    return `mark set mark ${this.#pick(["or", "xor"])} ${this.#pick(marks)}`;
  }

  #service(): string {
    return `${this.#pick(["tcp", "udp"])} . ${this.#pick(ports)}`;
  }

  #address(): string {
    const { clients, services, own } = this.#places;
    return this.#pick([...clients, ...services, ...own]);
  }

  /** TCP goes to no address of the router: its resets would be counted. */
  #packet(sourcePort: number): SentPacket {
    const { clients, services, own } = this.#places;
    const isUdp = this.#chance(0.6);
    return {
      source: this.#pick(clients),
      destination: this.#pick(isUdp ? [...services, ...own] : services),
      protocol: isUdp ? 17 : 6,
      sourcePort,
      destinationPort: this.#pick(ports),
    };
  }

  get #places(): Places {
    return places[this.#family];
  }

  #add(object: string, name: string, rest: string): void {
    this.#lines.push(`add ${object} ${this.#family} t ${name} ${rest}`.trimEnd());
  }

  #pick<T>(from: readonly T[]): T {
    return from[this.#random.below(from.length)]!;
  }

  #chance(probability: number): boolean {
    return this.#random.next() < probability;
  }
}
