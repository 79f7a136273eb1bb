import { parseArgs } from "node:util";
import fc from "fast-check";
import { agreeIptables, agreeNft } from "./compare.ts";
import { families, randomHost, randomPacket } from "./random-hosts.ts";
import { randomNft, randomNftPacket } from "./random-nft.ts";
import { compareRecorded } from "./recorded.ts";

const usage = `usage: npm run index-walk -- [--cases N] [--seed S] [DIR…]

  --cases N   random pairs of a rule set and a packet, of iptables and as many of nft (100000)
  --seed S    which of them (1)
  DIR         folders whose recorded rule sets are held too`;

/** Packets that one random rule set is asked for, at most. */
const packetsEach = 4;

interface Outcome {
  readonly pairs: number;
  readonly failure: string | undefined;
}

/** A property over so many pairs, or until one differs. */
function campaign<H, P>(
  host: fc.Arbitrary<H>,
  packet: fc.Arbitrary<P>,
  agree: (host: H, packets: readonly P[]) => boolean,
  { cases, seed }: { readonly cases: number; readonly seed: number },
): Outcome {
  let pairs = 0;
  const packets = fc.array(packet, { minLength: packetsEach, maxLength: packetsEach });
  const property = fc.property(host, packets, (one, specs) => {
    pairs += specs.length;
    return agree(one, specs);
  });
  const details = fc.check(property, { numRuns: Math.ceil(cases / packetsEach), seed });
  return { pairs, failure: details.failed ? fc.defaultReportMessage(details) : undefined };
}

/** In four parts: both families, with and without connections. */
function iptablesCampaign(cases: number, seed: number): Outcome[] {
  return families.flatMap((family) =>
    [true, false].map((stateless) =>
      campaign(randomHost(family, stateless), randomPacket(family), agreeIptables, { cases: cases / 4, seed }),
    ),
  );
}

function nftCampaign(cases: number, seed: number): Outcome[] {
  return (["ip", "ip6"] as const).map((family) =>
    campaign(randomNft(family), randomNftPacket(family), agreeNft, { cases: cases / 2, seed }),
  );
}

function report(name: string, outcomes: readonly Outcome[]): boolean {
  const pairs = outcomes.reduce((sum, outcome) => sum + outcome.pairs, 0);
  const failures = outcomes.flatMap(({ failure }) => failure ?? []);
  console.log(`${name}: ${pairs} pairs of a random rule set and a packet, ${failures.length} parts that differ`);
  for (const failure of failures) console.log(failure);
  return failures.length === 0;
}

function main(): number {
  const { cases, seed, roots } = readArguments();
  let holds = report("iptables", iptablesCampaign(cases, seed));
  holds = report("nft", nftCampaign(cases, seed)) && holds;
  if (roots.length === 0) return holds ? 0 : 1;
  const { ruleSets, packets, different } = compareRecorded(roots, seed);
  console.log(`recorded: ${ruleSets} rule sets, ${packets} packets, ${different.length} rule sets that differ`);
  for (const path of different) console.log(path);
  return holds && different.length === 0 ? 0 : 1;
}

function readArguments(): { cases: number; seed: number; roots: string[] } {
  try {
    const options = { cases: { type: "string", default: "100000" }, seed: { type: "string", default: "1" } } as const;
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    if (!/^[1-9]\d{0,8}$/.test(values.cases)) throw new Error("--cases must be a whole number from 1 to 999999999");
    if (!/^\d{1,9}$/.test(values.seed)) throw new Error("--seed must be a whole number from 0 to 999999999");
    return { cases: Number(values.cases), seed: Number(values.seed), roots: positionals };
  } catch (problem) {
    console.error(`${(problem as Error).message}\n${usage}`);
    process.exit(2);
  }
}

process.exitCode = main();
