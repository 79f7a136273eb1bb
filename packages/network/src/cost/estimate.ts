import type { Cost } from "@kubenetsim/core/trace/cost";
import type { CostConstant } from "./constants.ts";
import { type CostModel, defaultCostModel } from "./model.ts";

/** One summand of an estimate: `count` units of `constant`. */
export interface CostTerm {
  readonly constant: CostConstant;
  readonly count: number;
  readonly ns: number;
}

/** What makes up an estimate; terms without a count are left out. */
export function costTerms(cost: Cost, model: CostModel = defaultCostModel): CostTerm[] {
  // A rule that draws costs what such a rule was measured to cost as a whole, so it is no plain rule as well.
  const plainRules = Math.max(0, cost.rulesCompared - cost.randomDraws);
  const counts: readonly [CostConstant | undefined, number][] = [
    [model.perRule, plainRules],
    [model.perRandomDraw, cost.randomDraws],
    [model.perServerExamined, cost.serversExamined],
    [model.perNat, cost.natBindings > 0 ? 1 : 0],
  ];
  return counts.flatMap(([constant, count]) =>
    constant === undefined || count === 0 ? [] : [{ constant, count, ns: constant.valueNs * count }],
  );
}

/**
 * About how many nanoseconds of CPU the counted work takes in a real kernel, above a packet that meets no rules. It is
 * counts times measured constants, so a good ratio and a rough absolute: the same constants differ by up to 2 times from
 * run to run on the machine where they were measured, and more from machine to machine.
 *
 * @example
 * estimateNs(trace.request.cost, costModels["iptables-legacy"]);
 */
export function estimateNs(cost: Cost, model: CostModel = defaultCostModel): number {
  return costTerms(cost, model).reduce((sum, term) => sum + term.ns, 0);
}
