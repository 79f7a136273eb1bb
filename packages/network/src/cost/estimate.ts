import type { Cost } from "@kubenetsim/core/trace/cost";
import { type CostConstant, type CostConstantName, costUnits } from "./constants.ts";
import type { CostModel } from "./model.ts";

/** One summand of an estimate: `count` units of a constant. */
export interface CostTerm {
  readonly name: CostConstantName;
  readonly unit: string;
  readonly constant: CostConstant;
  readonly count: number;
}

/**
 * About how much CPU time counted work takes in a real kernel, above a packet that meets no rules: counts times a model's
 * constants. A good ratio and a rough absolute; `lowNs` and `highNs` are what the ends of the constants' ranges make of it.
 */
export interface Estimate {
  readonly model: CostModel;
  readonly ns: number;
  readonly lowNs: number;
  readonly highNs: number;
  readonly terms: readonly CostTerm[];
  /** What was counted and has no price in the model. Not empty: there is no estimate, and the times are NaN. */
  readonly missing: readonly CostConstantName[];
}

/**
 * What a model makes of counts.
 *
 * @param mode that of the trace: `iptables`, `ipvs/rr` …. In nftables mode neither rules nor look-ups are charged: the
 *   cost of a packet was not seen to hang on them. In userspace mode each packet is charged as one that kube-proxy relays, which no
 *   built-in model has a constant for: its counts do not tell whether one went to a Service.
 * @example
 * estimate(trace.request.cost, trace.mode, costModels["linux-6.18-iptables-legacy"]).ns;
 */
export function estimate(cost: Cost, mode: string, model: CostModel): Estimate {
  const terms: CostTerm[] = [];
  const missing: CostConstantName[] = [];
  for (const [name, count] of pricedCounts(cost, mode)) {
    if (count === 0) continue;
    const constant = model.constants[name];
    if (constant === undefined) missing.push(name);
    else terms.push({ name, unit: costUnits[name], constant, count });
  }
  const sum = (priceOf: (constant: CostConstant) => number): number =>
    missing.length > 0 ? Number.NaN : terms.reduce((ns, { constant, count }) => ns + priceOf(constant) * count, 0);
  return {
    model,
    ns: sum(({ ns }) => ns),
    lowNs: sum(({ rangeNs }) => rangeNs[0]),
    highNs: sum(({ rangeNs }) => rangeNs[1]),
    terms,
    missing,
  };
}

function pricedCounts(cost: Cost, mode: string): readonly (readonly [CostConstantName, number])[] {
  const isTranslated = cost.natBindings > 0 ? 1 : 0;
  if (mode.startsWith("nftables")) return [["nftNat", isTranslated]];
  return [
    // A rule that draws costs what such a rule was measured to cost as a whole, so it is no plain rule as well.
    ["iptablesRule", Math.max(0, cost.rulesCompared - cost.randomDraws)],
    ["statisticRule", cost.randomDraws],
    ["ipvsBucketEntry", cost.bucketEntriesCompared],
    ["ipvsServer", cost.serversExamined],
    [mode.startsWith("ipvs") ? "ipvsNat" : "iptablesNat", isTranslated],
    ["userspaceRelay", mode === "userspace" ? 1 : 0],
  ];
}
