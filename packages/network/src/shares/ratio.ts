/** An exact fraction: of whole numbers without a common divisor, the denominator positive. */
export interface Ratio {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

export const one: Ratio = { numerator: 1n, denominator: 1n };

/** @example ratio(6n, 8n) // 3/4 */
export function ratio(numerator: bigint, denominator: bigint): Ratio {
  const divisor = commonDivisor(numerator, denominator);
  return { numerator: numerator / divisor, denominator: denominator / divisor };
}

export function sum(a: Ratio, b: Ratio): Ratio {
  return ratio(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator);
}

/** To the nearest double, whatever the number of digits. */
export function toNumber({ numerator, denominator }: Ratio): number {
  const digits = 64n + BigInt(bitLength(denominator) - bitLength(numerator));
  const shift = digits > 0n ? digits : 0n;
  let value = Number((numerator << shift) / denominator);
  for (let left = Number(shift); left > 0; left -= 1000) value /= 2 ** Math.min(left, 1000);
  return value;
}

/** `3/4`, `1`. */
export function ratioText({ numerator, denominator }: Ratio): string {
  return denominator === 1n ? `${numerator}` : `${numerator}/${denominator}`;
}

/** Powers of two go at once: the thresholds of `statistic` have hardly another divisor, and Euclid would be long about it. */
function commonDivisor(a: bigint, b: bigint): bigint {
  if (a === 0n) return b;
  const twos = (a | b) & -(a | b);
  let [larger, smaller] = [a / (a & -a), b / (b & -b)];
  while (smaller > 0n) [larger, smaller] = [smaller, larger % smaller];
  return larger * twos;
}

function bitLength(value: bigint): number {
  return value.toString(16).length * 4;
}
