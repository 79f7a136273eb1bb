import type { Random } from "@kubenetsim/core/runtime/random";
import type { NftFamily } from "@kubenetsim/netfilter/ruleset/nft-table";
import { places } from "./random-nft-rules.ts";

type Families = "iptables" | NftFamily;

/** Rules that choose without chance: `statistic --mode nth` by iptables; `numgen inc` and `jhash` with a seed by nft. */
export function randomBalancingRules(family: Families, random: Random): string {
  const draw = new Draw(random);
  return family === "iptables" ? nthRules(draw) : numberRules(draw, family);
}

class Draw {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  /** From 0 on, below `bound`. */
  below(bound: number): number {
    return this.#random.below(bound);
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]!;
  }

  /** The `count` numbers from `first` on, hardly ever all, in any order. */
  some(first: number, count: number): number[] {
    const all = Array.from({ length: count }, (_, i) => first + i).filter(() => this.below(8) > 0);
    const order = new Map(all.map((number) => [number, this.#random.next()]));
    return all.length === 0 ? [first] : all.sort((a, b) => order.get(a)! - order.get(b)!);
  }

  /** A modulus: mostly small. */
  modulus(): number {
    return this.pick([1, 2, 3, 4, 5, 7, 10, 100, 4294967295]);
  }

  seed(): number {
    return this.pick([0, 1, 0xdeadbeef, 0xffffffff, Math.floor(this.#random.next() * 2 ** 32)]);
  }
}

const iptablesChains = ["c0", "c1", "c2", "c3"];

function nthRules(draw: Draw): string {
  const rule = (chain: string, later: readonly string[]): string => {
    const conditions = Array.from({ length: draw.below(3) }, () =>
      draw.below(3) > 0 ? nth(draw) : `${draw.pick(["-p udp", "-p tcp", `-s ${draw.pick(places.ip.clients)}/32`])}`,
    );
    const single = conditions.filter((condition, i) => condition.startsWith("-m") || i === 0);
    const target = later.length > 0 && draw.below(2) > 0 ? draw.pick(later) : draw.pick(["ACCEPT", "RETURN", ""]);
    return [`-A ${chain}`, ...single.sort((a, b) => (a < b ? 1 : -1)), target && `-j ${target}`]
      .filter(Boolean)
      .join(" ");
  };
  const rules = (chain: string, later: readonly string[]): string[] =>
    Array.from({ length: 1 + draw.below(4) }, () => rule(chain, later));
  const servers = 1 + draw.below(6);
  return [
    "*mangle",
    ...["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"].map((chain) => `:${chain} ACCEPT [0:0]`),
    ...[...iptablesChains, "turns", "dice"].map((chain) => `:${chain} - [0:0]`),
    "-A PREROUTING -j turns",
    ...rules("PREROUTING", iptablesChains),
    ...Array.from(
      { length: servers },
      (_, i) => `-A turns -m statistic --mode nth --every ${servers - i} --packet 0 -j RETURN`,
    ),
    // No packet comes here: only the text is compared.
    ...Array.from({ length: 3 }, () => `-A dice -m statistic --mode random --probability ${probability(draw)}`),
    ...iptablesChains.flatMap((chain, i) => rules(chain, iptablesChains.slice(i + 1))),
    "COMMIT",
    "",
  ].join("\n");
}

/** Also those in the middle between two of the eleven digits that are printed. */
function probability(draw: Draw): string {
  const part = draw.below(2) > 0 ? draw.below(2 ** 31) : (2 * draw.below(2048) + 1) * 2 ** 19;
  return draw.pick([String(part / 2 ** 31), (1 / (1 + draw.below(5000))).toFixed(10), "1", "0", "5e-1"]);
}

function nth(draw: Draw): string {
  const every = draw.pick([1, 2, 3, 4, 5, 8, 13, 4294967295]);
  const packet = draw.below(Math.min(every, 20));
  return `-m statistic --mode nth${draw.below(4) === 0 ? " !" : ""} --every ${every} --packet ${packet}`;
}

function numberRules(draw: Draw, family: NftFamily): string {
  const verdict = (): string => draw.pick(["jump c1", "goto c2", "jump c3", "accept", "continue", "return"]);
  const { clients } = places[family];
  const field = (): string =>
    draw.pick([
      `${family} saddr`,
      `${family} daddr`,
      "th sport",
      "th dport",
      "meta l4proto",
      "meta mark",
      "numgen inc mod 3",
    ]);
  // nft runs out of registers for more IPv6 addresses.
  const longest = family === "ip" ? 4 : 2;
  const hashed = (): string => Array.from({ length: 1 + draw.below(longest) }, field).join(" . ");
  const number = (): { text: string; first: number; count: number } => {
    const modulus = draw.modulus();
    const first = draw.pick(modulus > 1000 ? [0, 1] : [0, 0, 1, 100, 4294967000]);
    const offset = first === 0 ? "" : ` offset ${first}`;
    const seed = ` seed 0x${draw.seed().toString(16)}`;
    const text =
      draw.below(3) === 0 ? `numgen inc mod ${modulus}${offset}` : `jhash ${hashed()} mod ${modulus}${seed}${offset}`;
    return { text, first, count: Math.min(12, modulus) };
  };
  const rule = (): string => {
    const { text, first, count } = number();
    const keys = draw.some(first, count);
    switch (draw.below(6)) {
      case 0:
        return `${text} ${draw.pick(["", "!= "])}${keys[0]} counter`;
      case 1:
        return `${text} ${draw.pick(["", "!= "])}{ ${keys.join(", ")} } counter`;
      case 2:
        return `${family} saddr . ${text} { ${keys.map((key) => `${draw.pick(clients)} . ${key}`).join(", ")} } counter`;
      case 3:
        return `meta mark set ${draw.pick([text, text, `0x${draw.below(5)}`])} counter`;
      default:
        return `counter ${text} vmap { ${keys.map((key) => `${key} : ${verdict()}`).join(", ")} }`;
    }
  };
  const rules = (chain: string): string[] => [
    `add rule ${family} t ${chain} counter`,
    ...Array.from({ length: 2 + draw.below(4) }, () => `add rule ${family} t ${chain} ${rule()}`),
    `add rule ${family} t ${chain} counter`,
  ];
  const leaf = (chain: string): string => `add rule ${family} t ${chain} counter`;
  return [
    `add table ${family} t`,
    `add chain ${family} t base { type filter hook prerouting priority -150 ; }`,
    ...["c1", "c2", "c3"].map((chain) => `add chain ${family} t ${chain}`),
    `add rule ${family} t base meta l4proto != { tcp, udp } accept`,
    ...rules("base"),
    ...["c1", "c2", "c3"].map(leaf),
    "",
  ].join("\n");
}
