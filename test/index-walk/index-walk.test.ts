import { existsSync } from "node:fs";
import { join } from "node:path";
import { fc, test } from "@fast-check/vitest";
import type { Rule } from "@kubenetsim/netfilter/ruleset/rule";
import { describe, expect, it } from "vitest";
import { observe } from "./iptables-engines.ts";
import { observeNft } from "./nft-observation.ts";
import { families, randomHost, randomPacket } from "./random-hosts.ts";
import { randomNft, randomNftPacket } from "./random-nft.ts";
import { rulesetOf } from "./random-rules.ts";
import { compareRecorded } from "./recorded.ts";

for (const family of families) {
  for (const stateless of [true, false]) {
    const packets = fc.array(randomPacket(family), { minLength: 1, maxLength: 4 });
    test.prop([randomHost(family, stateless), packets], { numRuns: 300 })(
      `the index is the walk: verdicts, registers, counts, counters, tape (${family}, ${stateless ? "stateless" : "with conntrack"})`,
      (host, specs) => {
        expect(observe("index", host, specs)).toEqual(observe("walk", host, specs));
      },
    );
  }
}

for (const family of ["ip", "ip6"] as const) {
  test.prop([randomNft(family), fc.array(randomNftPacket(family), { minLength: 1, maxLength: 8 })], { numRuns: 200 })(
    `nft's rules as code come to what reading them word by word comes to (${family})`,
    (rules, specs) => {
      const { code, oracle } = observeNft(rules, specs);
      expect(code).toEqual(oracle);
    },
  );
}

describe("random rules", () => {
  it("have every kind of match and target", () => {
    const kinds = new Set(
      fc
        .sample(rulesetOf("IPv4"), { numRuns: 200, seed: 1 })
        .flatMap(({ tables }) =>
          [...tables.values()].flatMap(({ chains }) =>
            [...chains.values()].flatMap(({ rules }) => rules.flatMap(kindsOf)),
          ),
        ),
    );
    expect([...kinds].sort()).toEqual(
      (
        "ACCEPT DNAT DROP MARK MASQUERADE REDIRECT REJECT RETURN addrtype comment conntrack goto ipvs jump mark nfacct none " +
        "physdev recent sctp set state statistic nth statistic random tcp udp"
      )
        .replaceAll("statistic ", "statistic-")
        .split(" "),
    );
  });
});

/** Kinds of a rule's matches and of its target. */
function kindsOf({ matches, target }: Rule): string[] {
  const kinds = matches.map((match) => (match.kind === "statistic" ? `statistic-${match.mode}` : match.kind));
  return [...kinds, target?.kind ?? "none"];
}

const own = join(import.meta.dirname, "../conformance/cases");
const shared = join(import.meta.dirname, "../../../shared/conformance");
const where = existsSync(shared) ? "" : ` (skipped: ${shared} is not here)`;

describe("recorded rule sets", () => {
  it("of the project's own copy: the index is the walk", () => {
    const { ruleSets, packets, different } = compareRecorded([own], 1);
    expect(different).toEqual([]);
    expect(ruleSets).toBeGreaterThan(100);
    expect(packets).toBeGreaterThan(24_000);
  });

  it.skipIf(!existsSync(shared))(`all of them${where}`, () => {
    const { ruleSets, different } = compareRecorded([shared], 2);
    expect(different).toEqual([]);
    expect(ruleSets).toBeGreaterThanOrEqual(440);
  });
});
