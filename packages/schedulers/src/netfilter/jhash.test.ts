import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { jhash, networkWord } from "./jhash.ts";
import { reciprocalScale, scaledOdds } from "./reciprocal-scale.ts";

const word = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const unsigned = fc.integer({ min: 0, max: 2 ** 32 - 1 });

describe("jhash", () => {
  it("of no bytes is the beginning value", () => {
    expect(jhash([], 0, 0) >>> 0).toBe(0xdeadbeef);
    expect(jhash([], 0, 0xdeadbeef) >>> 0).toBe(0xbd5b7dde);
  });

  test.prop([fc.array(word, { minLength: 1, maxLength: 12 }), unsigned, fc.nat(11), word])(
    "hangs on every byte",
    (words, seed, at, change) => {
      fc.pre(at < words.length && change !== words[at]);
      const other = words.with(at, change);
      const differs = jhash(words, words.length * 4, seed) !== jhash(other, words.length * 4, seed);
      // One word alone is mixed without loss; more may meet, once in 2^32.
      expect(differs).toBe(true);
    },
  );

  test.prop([word])("swapping bytes twice changes nothing", (one) => {
    expect(networkWord(networkWord(one))).toBe(one);
  });
});

describe("reciprocal scale", () => {
  test.prop([unsigned, fc.integer({ min: 1, max: 2 ** 32 - 1 })])("is exact", (number, modulus) => {
    expect(BigInt(reciprocalScale(number, modulus))).toBe((BigInt(number) * BigInt(modulus)) >> 32n);
  });

  test.prop([fc.integer({ min: 1, max: 300 })])("shares add up, and differ by one at most", (count) => {
    const shares = scaledOdds(count).parts;
    expect(shares.reduce((a, b) => a + b)).toBe(2n ** 32n);
    expect(
      shares.every((share) => share === 2n ** 32n / BigInt(count) || share === 2n ** 32n / BigInt(count) + 1n),
    ).toBe(true);
    for (const [i, share] of shares.entries()) {
      const first = Number(shares.slice(0, i).reduce((a, b) => a + b, 0n));
      expect(reciprocalScale(first, count)).toBe(i);
      expect(reciprocalScale(first + Number(share) - 1, count)).toBe(i);
    }
  });
});
