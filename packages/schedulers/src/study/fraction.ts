/** Exact, in lowest terms, never negative. */
export interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** @throws RangeError for a denominator of 0. */
export function fraction(numerator: bigint | number, denominator: bigint | number): Fraction {
  const [top, bottom] = [BigInt(numerator), BigInt(denominator)];
  if (bottom === 0n) throw new RangeError("a fraction has no denominator of 0");
  let [divisor, rest] = [bottom, top];
  while (rest !== 0n) [divisor, rest] = [rest, divisor % rest];
  return { numerator: top / divisor, denominator: bottom / divisor };
}

/** `1/3`; whole numbers without the denominator. */
export function formatFraction({ numerator, denominator }: Fraction): string {
  return denominator === 1n ? `${numerator}` : `${numerator}/${denominator}`;
}

/** With one digit behind the point, rounded to nearest: `33.3%`. */
export function formatPercent({ numerator, denominator }: Fraction): string {
  return `${formatDecimal({ numerator: numerator * 100n, denominator }, 1)}%`;
}

/** With so many digits behind the point, rounded to nearest, a half up: `0.333`. */
export function formatDecimal({ numerator, denominator }: Fraction, digits: number): string {
  const scale = 10n ** BigInt(digits);
  const scaled = (numerator * scale * 2n + denominator) / (denominator * 2n);
  return `${scaled / scale}.${String(scaled % scale).padStart(digits, "0")}`;
}
