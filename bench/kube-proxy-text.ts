import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { comparePairs, type Measure, type Pair, type Result } from "./harness.ts";
import { fullText, partialText } from "./proxy-changes.ts";

const services = 10_000;
/**
 * The program of `bench/peers/kube-proxy` around the real kube-proxy, which prints the CPU time of its syncs as JSON:
 * `npm run conformance:live` builds it.
 */
const built = fileURLToPath(new URL("../peers/kube-proxy-peer", import.meta.url));
const realProxy = existsSync(built) ? built : "kube-proxy-peer";

/** CPU milliseconds of one sync of a real kube-proxy with these objects, without what iptables-restore itself takes. */
function realSync(kind: "fullCpuMs" | "partialCpuMs"): number {
  const words = ["bench", "-services", String(services), "-endpoints", "10", "-runs", "1"];
  const { stdout } = spawnSync(realProxy, words, { encoding: "utf8" });
  return (JSON.parse(stdout) as Record<typeof kind, number[]>)[kind][0]!;
}

/** Where there is no such program the measure is passed over. */
function againstReal(measure: Measure, pair: () => Pair): Result | { readonly skipped: string } {
  return spawnSync(realProxy, ["bench", "-services", "1", "-endpoints", "1", "-runs", "1"]).status === 0
    ? comparePairs(measure, pair())
    : { skipped: `there is no ${realProxy}; npm run conformance:live builds it where Go is` };
}

export const textMeasures: readonly Measure[] = [
  {
    id: "11",
    name: "full sync to iptables-restore text, 10,000 Services × 10 endpoints, against the real kube-proxy",
    must: 1,
    aim: 0.4,
    run: (measure) =>
      againstReal(measure, () => ({
        candidate: fullText(services),
        reference: () => realSync("fullCpuMs"),
        unit: "ms",
      })),
  },
  {
    id: "12",
    name: "one endpoint changed to iptables-restore text, against the real kube-proxy's partial sync",
    must: 0.1,
    aim: 0.01,
    run: (measure) =>
      againstReal(measure, () => ({
        candidate: partialText(services),
        reference: () => realSync("partialCpuMs"),
        unit: "ms",
      })),
  },
];
