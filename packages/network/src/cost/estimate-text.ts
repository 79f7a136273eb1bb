import { counted } from "../format/step-line.ts";
import type { Estimate } from "./estimate.ts";

/**
 * An estimate in a line, with what it is made of, its spread and its model; or by name what the model has no constant for.
 *
 * @example
 * estimateText(estimate(cost, "iptables", costModels["linux-6.1-uml"]));
 * // "1020 ns (340 to 1830) = 100 rules × 5.7 ns + 1 NAT'ed packet × 450 ns; an estimate by linux-6.1-uml, …"
 */
export function estimateText(estimate: Estimate): string {
  const { model, missing, terms } = estimate;
  if (missing.length > 0) {
    const reasons = missing.map((name) => `${name} (${model.lacks[name] ?? "not measured"})`);
    return `no estimate: ${model.name} has no constant for ${reasons.join(", ")}`;
  }
  const of = terms.map(({ count, unit, constant }) => `${counted(count, unit)} × ${constant.ns} ns`);
  const made = of.length === 0 ? "" : ` = ${of.join(" + ")}`;
  return `${spreadText(estimate)}${made}; an estimate by ${model.name}, a rough absolute, a fair ratio`;
}

/** `1020 ns (340 to 1830)`. */
export function spreadText({ ns, lowNs, highNs }: Estimate): string {
  return `${Math.round(ns)} ns (${Math.round(lowNs)} to ${Math.round(highNs)})`;
}
