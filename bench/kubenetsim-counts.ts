import { defaultKubeProxyConfig } from "@kubenetsim/proxy/config/kube-proxy-config";
import { compareModes } from "kubenetsim/compare/compare-modes";
import { stepsOf } from "kubenetsim/compare/comparison-text";
import type { Measure, Result } from "./harness.ts";
import { grownState } from "./kubenetsim-build.ts";

const sizes = [1, 2, 5, 10, 100, 1000, 3000, 10_000, 30_000];

/** Steps to the last of N Services, as docs/cost.md derives them: rules, and look-ups in sets and maps, in hash tables, and the first entry of a bucket and one real server. */
const closedForms = {
  iptables: (services: number) => 15 + services,
  ipvs: 15 + 5 + 3 + 1 + 1,
  nftables: 14 + 6,
};

/** Rows that are off the closed form. */
function measureCounts(measure: Measure): Result {
  const rows = compareModes(grownState(0, 0), sizes, { config: defaultKubeProxyConfig, seed: "bench" });
  const off = rows.filter(
    (row) =>
      row.iptables.rulesCompared !== closedForms.iptables(row.services) ||
      stepsOf(row.ipvs) !== closedForms.ipvs ||
      stepsOf(row.nftables) !== closedForms.nftables,
  ).length;
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
