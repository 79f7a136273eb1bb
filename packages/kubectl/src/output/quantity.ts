import { parseQuantity, type Quantity, QuantityProblem } from "@kubenetsim/core/apiserver/decode/quantity";

/** Nothing; sums with it have the other's format. */
export const noQuantity: Quantity = { nano: 0n, format: "decimal" };

/** `100m`, `1.5Gi`, `12e6`; undefined for what is no amount. */
export function readQuantity(text: string): Quantity | undefined {
  try {
    return parseQuantity(text);
  } catch (problem) {
    if (problem instanceof QuantityProblem) return undefined;
    throw problem;
  }
}

/** Below, at or above 0, as a comparison of sort. */
export function compareQuantities(a: Quantity, b: Quantity): number {
  return a.nano < b.nano ? -1 : a.nano > b.nano ? 1 : 0;
}

export function addQuantities(a: Quantity, b: Quantity): Quantity {
  return { nano: a.nano + b.nano, format: (a.nano === 0n ? b : a).format };
}

/** How much of `unit` fits, rounded up: `quantityCeiling("1500m", "1")` is "2". */
export function quantityCeiling(text: string, unit: string): string {
  const amount = (readQuantity(text) ?? noQuantity).nano;
  const divisor = (readQuantity(unit) ?? noQuantity).nano;
  return divisor === 0n ? "0" : String((amount + divisor - 1n) / divisor);
}

/** How many hundredths of another amount it is, cut to a whole number; 0 of nothing. */
export function percentOf(amount: Quantity, all: Quantity): number {
  // In units that leave numbers exact: the quotient is then the one that Go gets.
  const unit = [amount, all].every(({ nano }) => nano % 1_000_000_000n === 0n) ? 1_000_000_000n : 1_000_000n;
  const whole = Number(all.nano / unit);
  return whole === 0 ? 0 : Math.trunc((Number(amount.nano / unit) / whole) * 100);
}
