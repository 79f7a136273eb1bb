import { fc, test } from "@fast-check/vitest";
import { formatAddress, type IpFamily, parseAddressWords } from "@kubenetsim/core/net/address";
import { maskWords } from "@kubenetsim/core/net/cidr";
import { virtualClock } from "@kubenetsim/core/runtime/clock";
import { seededRandom } from "@kubenetsim/core/runtime/random";
import { expect } from "vitest";
import type { IpSet } from "../ruleset/ip-set.ts";
import type { Match } from "../ruleset/match.ts";
import { type Rule, rule } from "../ruleset/rule.ts";
import type { Chain, Ruleset } from "../ruleset/ruleset.ts";
import type { Target } from "../ruleset/target.ts";
import type { Hook } from "./hook.ts";
import { Kernel } from "./kernel.ts";
import { Meter } from "./meter.ts";
import { Packet } from "./packet.ts";
import { recordLength, Tape } from "./tape.ts";

// Few values of each kind, so that rules and packets meet.
const hosts = {
  IPv4: ["10.0.0.1", "10.0.0.2", "10.0.1.3", "127.0.0.1"],
  IPv6: ["fd00::1", "fd00::2", "fd00::1:3", "::1"],
};
const prefixes = { IPv4: [8, 24, 32], IPv6: [16, 112, 128] };
const devices = [
  { name: "eth0", addresses: ["10.0.0.1/24", "fd00::1/112"] },
  { name: "veth1", addresses: [] },
];
const chainNames = ["KUBE-A", "KUBE-B", "KUBE-C", "KUBE-D"];

const often = <T>(value: T) => fc.constant(value);
const negated = fc.boolean().filter((value) => value || true);
const rarely = fc.integer({ min: 0, max: 7 }).map((value) => value === 0);
const port = fc.constantFrom(53, 80, 443);
const words = (family: IpFamily) => fc.constantFrom(...hosts[family]).map((text) => parseAddressWords(text)!);

const address = (family: IpFamily) =>
  fc.tuple(words(family), fc.constantFrom(...prefixes[family]), rarely).map(([w, prefix, not]) => {
    return { words: maskWords(w, prefix), prefix, negated: not };
  });

const matchOf = (family: IpFamily): fc.Arbitrary<Match> =>
  fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom("a", "b").map((text): Match => ({ kind: "comment", text })) },
    {
      weight: 2,
      arbitrary: fc.tuple(negated, fc.constantFrom("LOCAL", "UNICAST")).map(
        ([not, type]): Match => ({
          kind: "addrtype",
          source: undefined,
          destination: { negated: not, type: type as "LOCAL" },
        }),
      ),
    },
    { weight: 1, arbitrary: fc.constant<Match>({ kind: "conntrack", negated: false, states: ["NEW", "DNAT"] }) },
    { weight: 1, arbitrary: fc.constant<Match>({ kind: "state", negated: true, states: ["NEW", "INVALID"] }) },
    {
      weight: 2,
      arbitrary: negated.map((not): Match => ({ kind: "mark", negated: not, value: 0x4000, mask: 0x4000 })),
    },
    {
      weight: 3,
      arbitrary: fc
        .integer({ min: 0, max: 2 ** 31 })
        .map((probability31): Match => ({ kind: "statistic", negated: false, mode: "random", probability31 })),
    },
    {
      weight: 1,
      arbitrary: negated.map((not): Match => ({ kind: "statistic", negated: not, mode: "nth", every: 3, packet: 1 })),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(fc.constantFrom("set", "rcheck", "update", "remove"), negated, fc.boolean()).map(
        ([action, not, reap]): Match => ({
          kind: "recent",
          negated: not,
          action: action as "set",
          name: "L",
          seconds: 10,
          hitcount: undefined,
          reap,
          side: "rsource",
          mask: family === "IPv4" ? [-1] : [-1, -1, -1, -1],
        }),
      ),
    },
    {
      weight: 1,
      arbitrary: negated.map((not): Match => ({ kind: "set", negated: not, set: "S", directions: ["dst", "dst"] })),
    },
    { weight: 1, arbitrary: fc.constant<Match>({ kind: "nfacct", name: "n" }) },
    { weight: 1, arbitrary: negated.map((not): Match => ({ kind: "physdev", negated: not, option: "physdev-is-in" })) },
  );

const targetOf = (family: IpFamily, nat: boolean): fc.Arbitrary<Target | undefined> =>
  fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...chainNames).map((chain): Target => ({ kind: "jump", chain })) },
    { weight: 1, arbitrary: fc.constantFrom(...chainNames).map((chain): Target => ({ kind: "goto", chain })) },
    { weight: 2, arbitrary: fc.constant<Target>({ kind: "RETURN" }) },
    { weight: 1, arbitrary: fc.constant<Target>({ kind: "ACCEPT" }) },
    { weight: 2, arbitrary: fc.constant<Target>({ kind: "MARK", value: 0x4000, mask: 0x4000 }) },
    { weight: 1, arbitrary: often(undefined) },
    nat
      ? {
          weight: 2,
          arbitrary: fc.tuple(words(family), port).map(([w, p]): Target => ({ kind: "DNAT", address: w, port: p })),
        }
      : { weight: 2, arbitrary: fc.constant<Target>({ kind: "DROP" }) },
  );

const transport = fc.tuple(fc.constantFrom("tcp", "udp"), port, rarely, fc.boolean());

/** A rule as kube-proxy writes them most (what runs are made of), a rule of a cascade, or any. */
const ruleOf = (family: IpFamily, nat: boolean): fc.Arbitrary<Rule> => {
  const service = fc
    .tuple(
      words(family),
      transport,
      fc.boolean(),
      fc.boolean(),
      fc.array(matchOf(family), { maxLength: 1 }),
      targetOf(family, nat),
    )
    .map(([w, [kind, p], comment, anyDestination, more, target]) =>
      rule({
        destination: anyDestination ? undefined : { words: w, prefix: w.length * 32, negated: false },
        protocol: { number: kind === "tcp" ? 6 : 17, negated: false },
        matches: [
          ...(comment ? [{ kind: "comment", text: "s" } as const] : []),
          { kind: kind as "tcp", sourcePort: undefined, destinationPort: { from: p, to: p, negated: false } },
          ...more,
        ],
        target,
      }),
    );
  const chance = fc
    .tuple(fc.integer({ min: 1, max: 2 ** 31 - 1 }), targetOf(family, nat))
    .map(([probability31, target]) =>
      rule({
        matches: [
          { kind: "comment", text: "c" },
          { kind: "statistic", negated: false, mode: "random", probability31 },
        ],
        target,
      }),
    );
  const any = fc
    .record({
      source: fc.option(address(family), { nil: undefined }),
      destination: fc.option(address(family), { nil: undefined }),
      inDevice: fc.option(fc.record({ negated, name: fc.constantFrom("eth0", "veth+", "lo") }), {
        nil: undefined,
        freq: 4,
      }),
      transport: fc.option(transport, { nil: undefined }),
      matches: fc.array(matchOf(family), { maxLength: 3 }),
      target: targetOf(family, nat),
    })
    .map(({ transport: t, matches, ...parts }) =>
      rule({
        ...parts,
        protocol: t === undefined ? undefined : { number: t[0] === "tcp" ? 6 : 17, negated: t[2] && !t[3] },
        matches:
          t?.[3] === true
            ? [
                ...matches,
                {
                  kind: t[0] as "tcp",
                  sourcePort: undefined,
                  destinationPort: { from: t[1], to: t[1] + (t[2] ? 400 : 0), negated: t[2] },
                },
              ]
            : matches,
      }),
    );
  return fc.oneof({ weight: 5, arbitrary: service }, { weight: 3, arbitrary: chance }, { weight: 3, arbitrary: any });
};

/** Chains jump only to those that come later, so that nothing loops. */
function forwardOnly(rules: readonly Rule[], from: number): Rule[] {
  return rules.map((r) => {
    if (r.target?.kind !== "jump" && r.target?.kind !== "goto") return r;
    const to = Math.max(from + 1, chainNames.indexOf(r.target.chain));
    return { ...r, target: to < chainNames.length ? { ...r.target, chain: chainNames[to]! } : { kind: "RETURN" } };
  });
}

const tableOf = (family: IpFamily, nat: boolean, builtins: readonly string[]) =>
  fc
    .tuple(...[...builtins, ...chainNames].map(() => fc.array(ruleOf(family, nat), { maxLength: 14 })))
    .map((bodies) => {
      const chains = [...builtins, ...chainNames].map((name, i): [string, Chain] => {
        const builtin = i < builtins.length;
        const from = builtin ? -1 : i - builtins.length;
        const policy = builtin ? "ACCEPT" : undefined;
        return [name, { name, policy, counters: undefined, rules: forwardOnly(bodies[i]!, from) }];
      });
      return new Map(chains);
    });

const rulesetOf = (family: IpFamily): fc.Arbitrary<Ruleset> =>
  fc
    .tuple(tableOf(family, true, ["PREROUTING", "POSTROUTING"]), tableOf(family, false, ["FORWARD"]))
    .map(([nat, filter]) => ({
      family,
      tables: new Map([
        ["nat", { name: "nat", chains: nat }],
        ["filter", { name: "filter", chains: filter }],
      ]),
    }));

interface PacketSpec {
  readonly source: readonly number[];
  readonly destination: readonly number[];
  readonly protocol: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly device: number;
  readonly mark: number;
}

const packetOf = (family: IpFamily): fc.Arbitrary<PacketSpec> =>
  fc.record({
    source: words(family),
    destination: words(family),
    protocol: fc.constantFrom(6, 17, 1),
    sourcePort: fc.constantFrom(1000, 40_000),
    destinationPort: port,
    device: fc.constantFrom(-1, 0, 1),
    mark: fc.constantFrom(0, 0x4000),
  });

function packetFrom(spec: PacketSpec, family: IpFamily): Packet {
  const packet = new Packet();
  packet.v6 = family === "IPv6";
  packet.protocol = spec.protocol;
  [packet.src0, packet.src1 = 0, packet.src2 = 0, packet.src3 = 0] = spec.source as [number];
  [packet.dst0, packet.dst1 = 0, packet.dst2 = 0, packet.dst3 = 0] = spec.destination as [number];
  packet.sourcePort = spec.protocol === 1 ? 0 : spec.sourcePort;
  packet.destinationPort = spec.protocol === 1 ? 0 : spec.destinationPort;
  packet.inDevice = spec.device;
  packet.mark = spec.mark;
  return packet;
}

/** Everything that can be seen of packets going through a kernel. */
function observe(
  engine: "index" | "walk",
  ruleset: Ruleset,
  specs: readonly PacketSpec[],
  stateless: boolean,
): unknown {
  const clock = virtualClock();
  const kernel = new Kernel({ random: seededRandom("t"), clock, devices, engine, stateless });
  const [entry] = hosts[ruleset.family];
  const set: IpSet = {
    name: "S",
    type: "hash:ip,port",
    family: ruleset.family,
    entries: [{ text: `${entry},tcp:80`, origin: undefined }],
  };
  kernel.loadSets([set]);
  kernel.load(ruleset);
  const tape = new Tape(4096);
  const seen = specs.map((spec) => {
    const packet = packetFrom(spec, ruleset.family);
    const meter = new Meter();
    tape.rewind();
    const verdicts = [0, 2, 4].map((hook) => {
      if (hook === 4) packet.outDevice = 0;
      return kernel.runHook(hook as Hook, packet, meter, tape);
    });
    clock.advance(3000);
    // The number of a draw and the cascade stand in `fate`, in words of each engine's own code.
    const { fate, ...registers } = packet;
    const { more, draws, value, chosen } = fate;
    const chance = { more, draws, value, chosen };
    return {
      verdicts,
      registers,
      chance,
      cost: meter.cost(),
      tape: [...tape.words.subarray(0, tape.length * recordLength)],
    };
  });
  return { seen, rules: kernel.ruleset(ruleset.family), nfacct: kernel.nfacct() };
}

for (const family of ["IPv4", "IPv6"] as const) {
  for (const stateless of [true, false]) {
    test.prop([rulesetOf(family), fc.array(packetOf(family), { minLength: 1, maxLength: 4 })], { numRuns: 300 })(
      `the index is the walk: verdicts, registers, counts, counters, tape (${family}, ${stateless ? "stateless" : "with conntrack"})`,
      (ruleset, specs) => {
        expect(observe("index", ruleset, specs, stateless)).toEqual(observe("walk", ruleset, specs, stateless));
      },
    );
  }
}

test("addresses of the test are as meant", () => {
  for (const family of ["IPv4", "IPv6"] as const) {
    for (const host of hosts[family]) expect(formatAddress(parseAddressWords(host)!)).toBe(host);
  }
});
