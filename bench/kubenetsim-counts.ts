import { defaultKubeProxyConfig } from "@kubenetsim/proxy/config/kube-proxy-config";
import { compareModes } from "kubenetsim/compare/compare-modes";
import { stepsOf } from "kubenetsim/compare/comparison-text";
import type { Measure, Result } from "./harness.ts";
import { grownState } from "./kubenetsim-build.ts";

const sizes = [1, 2, 5, 10, 100, 1000, 3000, 10_000, 30_000];

/** Rows that are off the closed form: iptables compares one more rule for each Service, ipvs and nftables always take as many steps. */
function measureCounts(measure: Measure): Result {
  const rows = compareModes(grownState(0, 0), sizes, { config: defaultKubeProxyConfig, seed: "bench" });
  const offset = rows[0]!.iptables.rulesCompared - rows[0]!.services;
  const constant = [stepsOf(rows[0]!.ipvs), stepsOf(rows[0]!.nftables)];
  const off = rows.filter(
    (row) =>
      row.iptables.rulesCompared !== row.services + offset ||
      stepsOf(row.ipvs) !== constant[0] ||
      stepsOf(row.nftables) !== constant[1],
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
