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
  const tenths = (numerator * 2000n + denominator) / (denominator * 2n);
  return `${tenths / 10n}.${tenths % 10n}%`;
}
