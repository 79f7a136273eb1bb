import type { Odds } from "../scheduler.ts";

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
 * How many of the 2^32 numbers come down to each of `count`: equal where that is a power of two, else some have one more.
 *
 * @example scaledOdds(3) // { parts: [1431655766n, 1431655765n, 1431655765n], whole: 4294967296n }
 */
export function scaledOdds(count: number): Odds {
  const whole = 2n ** 32n;
  const first = (index: number): bigint => (BigInt(index) * whole + BigInt(count) - 1n) / BigInt(count);
  return { parts: Array.from({ length: count }, (_, i) => first(i + 1) - first(i)), whole };
}
