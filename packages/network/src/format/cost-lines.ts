import { addCosts, type Cost, zeroCost } from "@kubenetsim/core/trace/cost";
import type { Trace } from "@kubenetsim/core/trace/trace";
import { estimate } from "../cost/estimate.ts";
import { estimateText } from "../cost/estimate-text.ts";
import type { CostModel } from "../cost/model.ts";

const rows: readonly [keyof Cost, string][] = [
  ["rulesCompared", "rules compared"],
  ["matchesEvaluated", "matches evaluated"],
  ["chainsEntered", "chains entered"],
  ["setLookups", "set look-ups"],
  ["hashLookups", "IPVS hash look-ups"],
  ["bucketEntriesCompared", "IPVS entries compared"],
  ["serversExamined", "real servers examined"],
  ["conntrackLookups", "conntrack look-ups"],
  ["randomDraws", "random draws"],
  ["natBindings", "NAT bindings made"],
];

/** The table of counts, then the estimate that constants make of the request's. */
export function costLines(trace: Trace, model: CostModel): string[] {
  const reply = trace.reply?.cost ?? zeroCost;
  const total = addCosts(trace.request.cost, reply);
  const lines = [row("counted", ["request", "answer", "total"])];
  for (const [key, name] of rows) {
    if (total[key] > 0) lines.push(row(`  ${name}`, [trace.request.cost[key], reply[key], total[key]]));
  }
  if (lines.length === 1) lines.push("  nothing: no rules on its way");
  return [...lines, `estimated for the request: ${estimateText(estimate(trace.request.cost, trace.mode, model))}`];
}

/** The same in a line: `46 rules compared, 3 conntrack look-ups`. */
export function costSummary(cost: Cost): string {
  const counts = rows.flatMap(([key, name]) => (cost[key] > 0 ? [`${cost[key]} ${name}`] : []));
  return counts.length === 0 ? "nothing" : counts.join(", ");
}

function row(name: string, cells: readonly (string | number)[]): string {
  return name.padEnd(24) + cells.map((cell) => String(cell).padStart(9)).join("");
}
