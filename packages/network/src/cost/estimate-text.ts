import { counted } from "../format/step-line.ts";
import type { CostConstantName } from "./constants.ts";
import type { Estimate } from "./estimate.ts";
import type { CostModel } from "./model.ts";

/**
 * An estimate in a line, with what it is made of, its spread and its model; or by name what the model has no constant for.
 *
 * @example
 * estimateText(estimate(cost, "iptables", costModels["linux-6.1-uml"]));
 * // "1020 ns (340 to 1830) = 100 rules × 5.7 ns + 1 NAT'ed packet × 450 ns; an estimate by linux-6.1-uml, …"
 */
export function estimateText(estimate: Estimate): string {
  const { model, missing, terms } = estimate;
  if (missing.length > 0) return `no estimate: ${missingText(model, missing)}`;
  const of = terms.map(({ count, unit, constant }) => `${counted(count, unit)} × ${constant.ns} ns`);
  const made = of.length === 0 ? "" : ` = ${of.join(" + ")}`;
  return `${spreadText(estimate)}${made}; an estimate by ${model.name}, a rough absolute, a fair ratio`;
}

/** `linux-6.18-iptables-nft has no constant for ipvsServer, ipvsNat (the kernel that was measured has no IPVS)`. */
export function missingText(model: CostModel, missing: readonly CostConstantName[]): string {
  const byReason = new Map<string, CostConstantName[]>();
  for (const name of missing) {
    const reason = model.lacks[name] ?? "not measured";
    byReason.set(reason, [...(byReason.get(reason) ?? []), name]);
  }
  const parts = [...byReason].map(([reason, names]) => `${names.join(", ")} (${reason})`);
  return `${model.name} has no constant for ${parts.join(", ")}`;
}

/** `1020 ns (340 to 1830)`. */
export function spreadText({ ns, lowNs, highNs }: Estimate): string {
  return `${Math.round(ns)} ns (${Math.round(lowNs)} to ${Math.round(highNs)})`;
}
