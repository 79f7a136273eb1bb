import fc from "fast-check";
import { agreeIptables, agreeNft } from "./compare.ts";
import { nftPacketOf } from "./random-nft.ts";
import { packetOf } from "./random-packets.ts";
import { type RecordedRules, recordedRules } from "./recorded-rules.ts";

/** Packets sent by each rule set, one after the other: some by a host that keeps connections, some by one that does not. */
const packetsEach = 240;

export interface RecordedOutcome {
  readonly ruleSets: number;
  readonly packets: number;
  /** Paths of the rule sets by which index and walk differ. */
  readonly different: readonly string[];
}

/** Holds index and walk against each other by every recorded rule set under these folders. */
export function compareRecorded(roots: readonly string[], seed: number): RecordedOutcome {
  const all = roots.flatMap((root) => [...recordedRules(root)]);
  const different = all.filter((rules) => !agrees(rules, seed)).map(({ path }) => path);
  return { ruleSets: all.length, packets: all.length * packetsEach, different };
}

function agrees(rules: RecordedRules, seed: number): boolean {
  const { values } = rules;
  if ("nft" in rules) return agreeNft(rules.nft, fc.sample(nftPacketOf(values), { numRuns: packetsEach, seed }));
  const specs = fc.sample(packetOf(values), { numRuns: packetsEach, seed });
  const half = packetsEach / 2;
  return (
    agreeIptables({ ...rules.host, stateless: true }, specs.slice(0, half)) &&
    agreeIptables({ ...rules.host, stateless: false }, specs.slice(half))
  );
}
