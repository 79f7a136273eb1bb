import type { ExactShare } from "./share.ts";

/**
 * A number of 32 bits brought down to [0, modulus): (number · modulus) >> 32 (include/linux/kernel.h, reciprocal_scale).
 * Exact for every modulus up to 2^32 − 1.
 */
export function reciprocalScale(number: number, modulus: number): number {
  const word = number >>> 0;
  const high = (word >>> 16) * modulus;
  const low = Math.floor(((word & 0xffff) * modulus) / 65_536);
  return Math.floor((high + low) / 65_536);
}

/**
 * How many of the 2^32 numbers come down to each: equal where `count` is a power of two, else some have one more.
 *
 * @example scaledShares(3)[0] // { numerator: 1431655766n, denominator: 4294967296n }
 */
export function scaledShares(count: number): ExactShare[] {
  const whole = 2n ** 32n;
  const first = (index: number): bigint => (BigInt(index) * whole + BigInt(count) - 1n) / BigInt(count);
  return Array.from({ length: count }, (_, i) => ({ numerator: first(i + 1) - first(i), denominator: whole }));
}
