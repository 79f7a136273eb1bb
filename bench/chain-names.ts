import { hash } from "node:crypto";
import { base32 } from "@kubenetsim/proxy/iptables/base32";
import { chainHash } from "@kubenetsim/proxy/iptables/chain-names";
import { comparePairs, type Measure, nsBlock } from "./harness.ts";

const names = 110_000;

/** What kube-proxy hashes for 10,000 Services of ten endpoints. */
const texts: readonly string[] = Array.from({ length: names }, (_, i) => {
  const service = Math.floor(i / 11);
  const port = `default/service-${service}:httptcp`;
  return i % 11 === 0 ? port : `${port}10.${128 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}:8080`;
});

function ours(count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += chainHash(texts[i]!, "KUBE-SEP-").length;
  return sum;
}

/** The same names from the digests that Node's library in C makes. */
function byNode(count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += base32(hash("sha256", texts[i]!, "buffer"), 16, "KUBE-SEP-").length;
  return sum;
}

export const nameMeasures: readonly Measure[] = [
  {
    id: "16",
    name: "names of chains, against the same names by node:crypto's one-shot hash",
    must: 2.5,
    aim: 0.6,
    run: (measure) =>
      comparePairs(measure, {
        candidate: nsBlock(names, ours),
        reference: nsBlock(names, byNode),
        unit: "ns a name",
      }),
  },
];
