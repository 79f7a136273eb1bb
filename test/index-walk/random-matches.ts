import { type IpFamily, parseAddressWords } from "@kubenetsim/core/net/address";
import type { IpSet } from "@kubenetsim/netfilter/ruleset/ip-set";
import type { ConntrackStateName, Match, PortRange } from "@kubenetsim/netfilter/ruleset/match";
import fc from "fast-check";

/** Few values of each kind, so that rules and packets meet. */
export const hosts = {
  IPv4: ["10.0.0.1", "10.0.0.2", "10.0.1.3", "127.0.0.1"],
  IPv6: ["fd00::1", "fd00::2", "fd00::1:3", "::1"],
} as const;

export const words = (family: IpFamily) => fc.constantFrom(...hosts[family]).map((text) => parseAddressWords(text)!);
export const port = fc.constantFrom(53, 80, 443);
export const transportName = fc.constantFrom("tcp", "tcp", "udp", "sctp");
export const protocolNumbers = { tcp: 6, udp: 17, sctp: 132 } as const;
export const negated = fc.boolean();
export const rarely = fc.integer({ min: 0, max: 7 }).map((value) => value === 0);

/** What the rules' `--match-set` names. */
export function setsOf(family: IpFamily): IpSet[] {
  const [one, two, three] = hosts[family];
  const set = (name: string, type: IpSet["type"], ...texts: string[]): IpSet => {
    return { name, type, family, entries: texts.map((text) => ({ text, origin: undefined })) };
  };
  const range = family === "IPv4" ? "10.0.0.0/24" : "fd00::/112";
  return [
    set("ip", "hash:ip", one, three),
    set("ip-port", "hash:ip,port", `${one},tcp:80`, `${two},udp:53`),
    set("ip-port-ip", "hash:ip,port,ip", `${one},tcp:80,${two}`, `${two},tcp:443,${two}`),
    set("ip-port-net", "hash:ip,port,net", `${one},tcp:80,${range}`, `${two},tcp:80,${three}`),
    set("port", "bitmap:port", "80", "443"),
  ];
}

const side = fc.constantFrom("src", "dst");
const setMatch = fc
  .tuple(fc.constantFrom("ip 1", "ip-port 2", "ip-port-ip 3", "ip-port-net 3", "port 1"), side, side, side, negated)
  .map(([chosen, a, b, c, not]): Match => {
    const [set, dimensions] = chosen.split(" ");
    return { kind: "set", negated: not, set: set!, directions: [a, b, c].slice(0, Number(dimensions)) };
  });

const ports: fc.Arbitrary<PortRange | undefined> = fc.option(
  fc.tuple(port, fc.boolean(), rarely).map(([from, one, not]) => ({ from, to: one ? from : from + 400, negated: not })),
  { nil: undefined },
);

const type = fc.option(fc.record({ negated, type: fc.constantFrom("LOCAL", "UNICAST", "BROADCAST", "MULTICAST") }), {
  nil: undefined,
});

const states = fc.subarray<ConntrackStateName>(
  ["INVALID", "NEW", "RELATED", "ESTABLISHED", "UNTRACKED", "SNAT", "DNAT"],
  { minLength: 1 },
);

const recent = (family: IpFamily) =>
  fc
    .record({
      negated,
      action: fc.constantFrom("set", "rcheck", "update", "remove"),
      name: fc.constantFrom("L", "M"),
      seconds: fc.option(fc.constantFrom(2, 10), { nil: undefined }),
      hitcount: fc.option(fc.constantFrom(1, 2), { nil: undefined }),
      reap: fc.boolean(),
      side: fc.constantFrom("rsource", "rdest"),
      mask: fc.constantFrom(-1, -256).map((word) => (family === "IPv4" ? [word] : [-1, -1, -1, word])),
    })
    .map((fields): Match => {
      const plain = fields.action === "set" || fields.action === "remove";
      if (plain) return { kind: "recent", ...fields, seconds: undefined, hitcount: undefined, reap: false };
      return { kind: "recent", ...fields, reap: fields.reap && fields.seconds !== undefined };
    });

/** A match of any kind that there is; a transport's own is of the protocol that the rule is for. */
export const matchOf = (family: IpFamily, protocol: keyof typeof protocolNumbers | undefined): fc.Arbitrary<Match> =>
  fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom("a", "b").map((text): Match => ({ kind: "comment", text })) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(type, type)
        .map(([source, destination]): Match => ({ kind: "addrtype", source, destination })),
    },
    {
      weight: 2,
      arbitrary: fc.tuple(fc.constantFrom("conntrack", "state"), negated, states).map(([kind, not, all]): Match => {
        const known = kind === "conntrack" ? all : all.filter((state) => state !== "SNAT" && state !== "DNAT");
        return { kind: kind as "state", negated: not, states: known.length === 0 ? ["NEW"] : known };
      }),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(negated, fc.constantFrom(0, 0x4000, 0x8000), fc.constantFrom(0x4000, 0xc000, -1))
        .map(([not, value, mask]): Match => ({ kind: "mark", negated: not, value: value & mask, mask })),
    },
    {
      weight: 3,
      arbitrary: fc
        .tuple(rarely, fc.integer({ min: 0, max: 2 ** 31 }))
        .map(([not, probability31]): Match => ({ kind: "statistic", negated: not, mode: "random", probability31 })),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(negated, fc.integer({ min: 1, max: 4 }), fc.nat(3)).map(([not, every, packet]): Match => {
        return { kind: "statistic", negated: not, mode: "nth", every, packet: packet % every };
      }),
    },
    { weight: 1, arbitrary: recent(family) },
    { weight: 2, arbitrary: setMatch },
    { weight: 1, arbitrary: fc.constantFrom("n", "m").map((name): Match => ({ kind: "nfacct", name })) },
    { weight: 1, arbitrary: negated.map((not): Match => ({ kind: "physdev", negated: not, option: "physdev-is-in" })) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(
          fc.option(words(family), { nil: undefined }),
          fc.constantFrom(undefined, 6),
          fc.constantFrom(undefined, 80),
        )
        .map(([vaddr, vproto, vport]): Match => ({ kind: "ipvs", vaddr, vproto, vport })),
    },
    ...(protocol === undefined
      ? []
      : [
          {
            weight: 3,
            arbitrary: fc
              .tuple(ports, ports)
              .map(([sourcePort, destinationPort]): Match => ({ kind: protocol, sourcePort, destinationPort })),
          },
        ]),
  );
