import { fc, test } from "@fast-check/vitest";
import { type AddressWords, type IpFamily, parseAddressWords } from "@kubenetsim/core/net/address";
import { maskWords } from "@kubenetsim/core/net/cidr";
import { expect } from "vitest";
import type { Match, PortRange } from "../ruleset/match.ts";
import { type Rule, rule } from "../ruleset/rule.ts";
import type { Ruleset, TableName } from "../ruleset/ruleset.ts";
import type { Target } from "../ruleset/target.ts";
import { parseIptablesSave } from "./iptables-parse.ts";
import { printIptablesSave } from "./iptables-print.ts";

const not = fc.boolean();
const u32 = fc.nat({ max: 0xffffffff });
const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,20}$/);
const option = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

const words = (family: IpFamily): fc.Arbitrary<AddressWords> =>
  (family === "IPv4" ? fc.ipV4() : fc.ipV6()).map((text) => parseAddressWords(text)).filter((w) => w !== undefined);

const condition = (family: IpFamily) =>
  fc
    .tuple(words(family), fc.integer({ min: 1, max: family === "IPv4" ? 32 : 128 }), not)
    .map(([w, prefix, negated]) => ({ negated, words: maskWords(w, prefix), prefix }));

const ports: fc.Arbitrary<PortRange | undefined> = option(
  fc
    .tuple(fc.nat({ max: 65_534 }), fc.nat({ max: 100 }), not)
    .map(([from, more, negated]) => ({ negated, from, to: Math.min(65_534, from + more) })),
);

const device = fc
  .tuple(fc.stringMatching(/^[a-z][a-z0-9]{0,10}\+?$/), not)
  .map(([n, negated]) => ({ negated, name: n }));

const match = (family: IpFamily): fc.Arbitrary<Match> =>
  fc.oneof(
    fc.stringMatching(/^[ -~]{1,60}$/).map((text): Match => ({ kind: "comment", text })),
    fc.tuple(not, not).map(
      ([a, b]): Match => ({
        kind: "addrtype",
        source: { negated: a, type: "LOCAL" },
        destination: { negated: b, type: "UNICAST" },
      }),
    ),
    not.map((negated): Match => ({ kind: "conntrack", negated, states: ["NEW", "ESTABLISHED", "DNAT"] })),
    not.map((negated): Match => ({ kind: "state", negated, states: ["INVALID", "NEW"] })),
    fc.tuple(not, u32, u32).map(([negated, value, mask]): Match => ({ kind: "mark", negated, value, mask })),
    fc
      .tuple(not, fc.nat({ max: 2 ** 31 }))
      .map(([negated, probability31]): Match => ({ kind: "statistic", negated, mode: "random", probability31 })),
    fc
      .tuple(not, fc.integer({ min: 2, max: 99 }))
      .map(([negated, every]): Match => ({ kind: "statistic", negated, mode: "nth", every, packet: every - 2 })),
    fc
      .tuple(
        not,
        fc.constantFrom("set", "rcheck", "update", "remove"),
        name,
        option(u32),
        fc.constantFrom("rsource", "rdest"),
        words(family),
      )
      .map(
        ([negated, action, list, seconds, side, mask]): Match => ({
          kind: "recent",
          negated,
          action: action as "set",
          name: list,
          seconds,
          hitcount: undefined,
          reap: seconds !== undefined,
          side: side as "rsource",
          mask,
        }),
      ),
    fc.tuple(not, name).map(([negated, set]): Match => ({ kind: "set", negated, set, directions: ["dst", "src"] })),
    name.map((n): Match => ({ kind: "nfacct", name: n })),
    not.map((negated): Match => ({ kind: "physdev", negated, option: "physdev-is-in" })),
    fc
      .tuple(words(family), fc.constantFrom(6, 17), fc.nat({ max: 65_535 }))
      .map(([vaddr, vproto, vport]): Match => ({ kind: "ipvs", vaddr, vproto, vport })),
  );

const target = (family: IpFamily): fc.Arbitrary<Target | undefined> =>
  option(
    fc.oneof(
      fc.constantFrom("ACCEPT", "DROP", "RETURN").map((kind): Target => ({ kind: kind as "DROP" })),
      fc.constantFrom("jump", "goto").map((kind): Target => ({ kind: kind as "jump", chain: "KUBE-B" })),
      fc.constant<Target>({ kind: "REJECT", with: family === "IPv4" ? "icmp-host-prohibited" : "icmp6-no-route" }),
      fc
        .tuple(words(family), option(fc.nat({ max: 65_535 })))
        .map(([address, port]): Target => ({ kind: "DNAT", address, port })),
      not.map((randomFully): Target => ({ kind: "MASQUERADE", randomFully })),
      option(fc.nat({ max: 65_535 })).map((port): Target => ({ kind: "REDIRECT", port })),
      fc.tuple(u32, u32).map(([value, mask]): Target => ({ kind: "MARK", value, mask })),
    ),
  );

const anyRule = (family: IpFamily): fc.Arbitrary<Rule> =>
  fc
    .record({
      source: option(condition(family)),
      destination: option(condition(family)),
      inDevice: option(device),
      outDevice: option(device),
      protocol: option(
        fc.tuple(fc.integer({ min: 1, max: 255 }), not).map(([number, negated]) => ({ negated, number })),
      ),
      matches: fc.array(match(family), { maxLength: 4 }),
      transport: option(fc.tuple(fc.constantFrom("tcp", "udp", "sctp"), ports, ports)),
      target: target(family),
      counters: fc.record({ packets: fc.nat(), bytes: fc.maxSafeNat() }),
    })
    .map(({ transport, ...parts }) =>
      rule({
        ...parts,
        matches:
          transport === undefined
            ? parts.matches
            : [
                ...parts.matches,
                { kind: transport[0] as "tcp", sourcePort: transport[1], destinationPort: transport[2] },
              ],
      }),
    );

function rulesetFrom(family: IpFamily, rules: readonly Rule[]): Ruleset {
  const chain = (n: string, policy: "ACCEPT" | undefined, own: readonly Rule[]) =>
    [n, { name: n, policy, counters: { packets: 1, bytes: 60 }, rules: own }] as const;
  const chains = new Map([chain("PREROUTING", "ACCEPT", rules), chain("KUBE-B", undefined, [])]);
  return { family, tables: new Map([["nat" as TableName, { name: "nat", chains }]]) };
}

for (const family of ["IPv4", "IPv6"] as const) {
  test.prop([fc.array(anyRule(family), { maxLength: 6 })], { numRuns: 400 })(
    `what is printed reads back as the same rules (${family})`,
    (rules) => {
      const ruleset = rulesetFrom(family, rules);
      const parsed = parseIptablesSave(printIptablesSave(ruleset, { counters: true }), { family });
      const read = parsed.tables.get("nat")!.chains.get("PREROUTING")!.rules;
      expect(read.map((r) => ({ ...r, line: undefined }))).toEqual(rules);
    },
  );
}
