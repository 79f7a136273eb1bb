import type { IpFamily } from "@kubenetsim/core/net/address";
import { maskWords } from "@kubenetsim/core/net/cidr";
import { type DeviceCondition, type Rule, rule } from "@kubenetsim/netfilter/ruleset/rule";
import { builtinChains, type Chain, type Ruleset, type TableName } from "@kubenetsim/netfilter/ruleset/ruleset";
import type { Target } from "@kubenetsim/netfilter/ruleset/target";
import fc from "fast-check";
import { matchOf, negated, port, protocolNumbers, rarely, transportName, words } from "./random-matches.ts";

const prefixes = { IPv4: [0, 8, 24, 31, 32], IPv6: [0, 16, 112, 127, 128] };
const chainNames = ["KUBE-A", "KUBE-B", "KUBE-C", "KUBE-D"];

const address = (family: IpFamily) =>
  fc.tuple(words(family), fc.constantFrom(...prefixes[family]), rarely).map(([w, prefix, not]) => {
    return { words: maskWords(w, prefix), prefix, negated: not };
  });

const sometimes = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 4 });

const device: fc.Arbitrary<DeviceCondition> = fc.record({ negated, name: fc.constantFrom("eth0", "veth+", "lo") });

const targetOf = (family: IpFamily, table: TableName): fc.Arbitrary<Target | undefined> =>
  fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...chainNames).map((chain): Target => ({ kind: "jump", chain })) },
    { weight: 1, arbitrary: fc.constantFrom(...chainNames).map((chain): Target => ({ kind: "goto", chain })) },
    { weight: 2, arbitrary: fc.constant<Target>({ kind: "RETURN" }) },
    { weight: 1, arbitrary: fc.constant<Target>({ kind: "ACCEPT" }) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.constantFrom(0, 0x4000, 0x8000), fc.constantFrom(0x4000, 0xc000))
        .map(([value, mask]): Target => ({ kind: "MARK", value, mask })),
    },
    { weight: 1, arbitrary: fc.constant(undefined) },
    ...(table === "filter"
      ? [
          { weight: 1, arbitrary: fc.constant<Target>({ kind: "DROP" }) },
          {
            weight: 1,
            arbitrary: fc.constant<Target>({
              kind: "REJECT",
              with: family === "IPv4" ? "icmp-port-unreachable" : "icmp6-port-unreachable",
            }),
          },
        ]
      : []),
  );

/** Where a packet may get another address, only in chains that just the right built-in ones lead to. */
const natTargetOf = (family: IpFamily, name: string): fc.Arbitrary<Target | undefined> => {
  if (name === "PREROUTING" || name === "OUTPUT") {
    return fc.oneof(
      {
        weight: 2,
        arbitrary: fc
          .tuple(words(family), sometimes(port))
          .map(([w, p]): Target => ({ kind: "DNAT", address: w, port: p })),
      },
      { weight: 1, arbitrary: sometimes(port).map((p): Target => ({ kind: "REDIRECT", port: p })) },
    );
  }
  if (name !== "POSTROUTING") return fc.constant(undefined);
  return fc.boolean().map((randomFully): Target => ({ kind: "MASQUERADE", randomFully }));
};

/** As kube-proxy writes them most: what runs are made of. */
const serviceRule = (family: IpFamily, target: fc.Arbitrary<Target | undefined>): fc.Arbitrary<Rule> =>
  fc
    .tuple(
      words(family),
      transportName,
      port,
      fc.boolean(),
      fc.boolean(),
      target,
      fc.constantFrom(...prefixes[family]),
      rarely,
    )
    .chain(([w, kind, p, comment, anyDestination, to, prefix, isNet]) =>
      fc.array(matchOf(family, kind), { maxLength: 1 }).map((more) =>
        rule({
          destination: anyDestination
            ? undefined
            : { words: isNet ? maskWords(w, prefix) : w, prefix: isNet ? prefix : w.length * 32, negated: false },
          protocol: { number: protocolNumbers[kind], negated: false },
          matches: [
            ...(comment ? [{ kind: "comment", text: "s" } as const] : []),
            { kind, sourcePort: undefined, destinationPort: { from: p, to: p, negated: false } },
            ...more,
          ],
          target: to,
        }),
      ),
    );

/** Of a cascade. */
const chanceRule = (target: fc.Arbitrary<Target | undefined>): fc.Arbitrary<Rule> =>
  fc.tuple(fc.integer({ min: 1, max: 2 ** 31 - 1 }), target).map(([probability31, to]) =>
    rule({
      matches: [
        { kind: "comment", text: "c" },
        { kind: "statistic", negated: false, mode: "random", probability31 },
      ],
      target: to,
    }),
  );

const anyRule = (family: IpFamily, target: fc.Arbitrary<Target | undefined>): fc.Arbitrary<Rule> =>
  sometimes(transportName).chain((protocol) =>
    fc
      .record({
        source: fc.option(address(family), { nil: undefined }),
        destination: fc.option(address(family), { nil: undefined }),
        inDevice: sometimes(device),
        outDevice: sometimes(device),
        not: rarely,
        matches: fc.array(matchOf(family, protocol), { maxLength: 3 }),
        target,
      })
      .map(({ not, ...parts }) => {
        if (protocol === undefined) return rule(parts);
        // `! -p tcp -m tcp` is refused.
        const isNegated = not && !parts.matches.some(({ kind }) => kind === protocol);
        return rule({ ...parts, protocol: { number: protocolNumbers[protocol], negated: isNegated } });
      }),
  );

const bodyOf = (family: IpFamily, table: TableName, name: string): fc.Arbitrary<Rule[]> => {
  const plain = targetOf(family, table);
  const isBuiltin = builtinChains[table].includes(name);
  const target =
    table === "nat" && isBuiltin
      ? fc.oneof({ weight: 5, arbitrary: plain }, { weight: 1, arbitrary: natTargetOf(family, name) })
      : plain;
  const one = fc.oneof(
    { weight: 5, arbitrary: serviceRule(family, target) },
    { weight: 3, arbitrary: chanceRule(target) },
    { weight: 3, arbitrary: anyRule(family, target) },
  );
  return fc.array(one, { maxLength: 14 });
};

/** Chains jump only to those that come later, so that nothing loops. */
function forwardOnly(rules: readonly Rule[], from: number): Rule[] {
  return rules.map((r) => {
    if (r.target?.kind !== "jump" && r.target?.kind !== "goto") return r;
    const to = Math.max(from + 1, chainNames.indexOf(r.target.chain));
    return { ...r, target: to < chainNames.length ? { ...r.target, chain: chainNames[to]! } : { kind: "RETURN" } };
  });
}

const tableOf = (family: IpFamily, table: TableName) => {
  const builtins = builtinChains[table];
  const names = [...builtins, ...chainNames];
  const policy = table === "filter" ? fc.constantFrom("ACCEPT", "ACCEPT", "DROP") : fc.constant("ACCEPT");
  return fc.tuple(policy, ...names.map((name) => bodyOf(family, table, name))).map(([given, ...bodies]) => {
    const chains = names.map((name, i): [string, Chain] => {
      const isBuiltin = i < builtins.length;
      const rules = forwardOnly(bodies[i]!, isBuiltin ? -1 : i - builtins.length);
      return [name, { name, policy: isBuiltin ? (given as "ACCEPT") : undefined, counters: undefined, rules }];
    });
    return [table, { name: table, chains: new Map(chains) }] as const;
  });
};

/** Rules with every kind of match and target that there is, most of them as kube-proxy writes them. */
export const rulesetOf = (family: IpFamily): fc.Arbitrary<Ruleset> =>
  fc
    .tuple(tableOf(family, "nat"), tableOf(family, "filter"), sometimes(tableOf(family, "mangle")))
    .map((tables) => ({ family, tables: new Map(tables.filter((table) => table !== undefined)) }));
