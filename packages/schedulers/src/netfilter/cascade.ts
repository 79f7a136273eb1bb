import type { Odds } from "../scheduler.ts";

/** The kernel holds 31 random bits against a rule's threshold. */
const whole = 2 ** 31;

/**
 * What the kernel keeps of `--mode random --probability P` where kube-proxy writes it for `left` endpoints that are left: 1 /
 * left with ten digits ("%0.10f"; pkg/proxy/iptables/proxier.go, computeProbability), times 2^31, rounded (lround;
 * extensions/libxt_statistic.c). The last endpoint has no such match: 2^31, always.
 */
export function cascadeThreshold(left: number): number {
  return left <= 1 ? whole : Math.round(Number((1 / left).toFixed(10)) * whole);
}

/** The thresholds of the rules for `count` endpoints, the first rule's first. */
export function cascadeThresholds(count: number): number[] {
  return Array.from({ length: count }, (_, i) => cascadeThreshold(count - i));
}

/** Of each rule the chance that a packet comes to it; one more at the end, 0: none passes the last. */
export function cascadeSurvivals(count: number): number[] {
  const survivals = [1];
  for (const [i, threshold] of cascadeThresholds(count).entries()) {
    survivals.push(survivals[i]! * (1 - threshold / whole));
  }
  return survivals;
}

/**
 * Rule by rule with a draw for each that is reached, as the kernel goes (net/netfilter/xt_statistic.c): the first whose
 * threshold is above 31 random bits.
 *
 * @param random uniform in [0, 1), one call a rule
 * @returns index of the rule; the number of rules when all let the packet pass
 * @example walkCascade(cascadeThresholds(3), Math.random) // 0, 1 or 2
 */
export function walkCascade(thresholds: readonly number[], random: () => number): number {
  const found = thresholds.findIndex((threshold) => threshold === whole || Math.floor(random() * whole) < threshold);
  return found < 0 ? thresholds.length : found;
}

/**
 * The rule that one number decides for: of u in [0, 1) the first rule j with 1 − u > S(j + 1), S being the survivals. Each is
 * met as often as by a walk. All shares are nearly 1 / n, so the search begins at u · n and takes hardly a step.
 */
export function cascadePosition(survivals: readonly number[], u: number): number {
  const value = 1 - u;
  let position = Math.min(survivals.length - 2, Math.floor(u * (survivals.length - 1)));
  while (position > 0 && value > survivals[position]!) position--;
  while (value <= survivals[position + 1]!) position++;
  return position;
}

/**
 * The exact odds of each of `count` endpoints: (2³¹ − t₀) … (2³¹ − tᵢ₋₁) · tᵢ, over 2^(31·(i + 1)), all brought over one
 * denominator.
 *
 * @example cascadeOdds(2) // { parts: [2n ** 30n, 2n ** 30n], whole: 2n ** 31n }
 */
export function cascadeOdds(count: number): Odds {
  const rules = BigInt(Math.max(0, count - 1));
  let left = 1n;
  const parts = cascadeThresholds(count).map((threshold, i) => {
    const part = i + 1 === count ? left : (left * BigInt(threshold)) << (31n * (rules - 1n - BigInt(i)));
    left *= BigInt(whole - threshold);
    return part;
  });
  return { parts, whole: 1n << (31n * rules) };
}
