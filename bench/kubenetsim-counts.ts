import type { Cost } from "@kubenetsim/core/trace/cost";
import { defaultKubeProxyConfig } from "@kubenetsim/proxy/config/kube-proxy-config";
import { compareModes, type ModeComparison } from "kubenetsim/compare/compare-modes";
import type { Measure, Result } from "./harness.ts";
import { grownState } from "./kubenetsim-build.ts";

const sizes = [1, 2, 5, 10, 100, 1000, 3000, 10_000, 30_000];

type Counts = Readonly<Partial<Cost>>;

/** What is counted to the last of N Services, as docs/cost.md derives it. */
const closedForms: Readonly<Record<"iptables" | "ipvs" | "nftables", (services: number) => Counts>> = {
  iptables: (services) => ({ rulesCompared: 15 + services, setLookups: 0, hashLookups: 0, bucketEntriesCompared: 0 }),
  ipvs: () => ({
    rulesCompared: 15,
    setLookups: 5,
    hashLookups: 3,
    bucketEntriesCompared: 1,
    serversExamined: 1,
  }),
  nftables: () => ({ rulesCompared: 14, setLookups: 6, hashLookups: 0, bucketEntriesCompared: 0 }),
};

function isOff(row: ModeComparison): boolean {
  return (["iptables", "ipvs", "nftables"] as const).some((mode) => {
    const derived = Object.entries(closedForms[mode](row.services)) as [keyof Cost, number][];
    return derived.some(([name, count]) => row[mode][name] !== count);
  });
}

/** Rows that are off the closed form. */
function measureCounts(measure: Measure): Result {
  const rows = compareModes(grownState(0, 0), sizes, { config: defaultKubeProxyConfig, seed: "bench" });
  const off = rows.filter(isOff).length;
  const { id, name, must, aim } = measure;
  return {
    id,
    name,
    unit: "rows off",
    candidate: off,
    reference: rows.length,
    ratio: off,
    q1: off,
    q3: off,
    must,
    aim,
    mustHolds: off === 0,
  };
}

export const countMeasures: readonly Measure[] = [
  {
    id: "21",
    name: "counted steps to the last of N Services against the closed form",
    must: 0,
    aim: 0,
    run: measureCounts,
  },
];
