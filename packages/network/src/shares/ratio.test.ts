import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";
import { ratio, ratioText, sum, toNumber } from "./ratio.ts";

const whole = fc.bigInt({ min: 1n, max: 2n ** 200n });

test.prop([whole, whole, whole])("a common factor is taken out", (a, b, factor) => {
  const { numerator, denominator } = ratio(a * factor, b * factor);
  expect(numerator * b).toBe(a * denominator);
  expect(ratio(a, b)).toEqual({ numerator, denominator });
});

test.prop([whole, whole, whole, whole])("sums are exact", (a, b, c, d) => {
  const { numerator, denominator } = sum(ratio(a, b), ratio(c, d));
  expect(numerator * b * d).toBe((a * d + c * b) * denominator);
});

test.prop([fc.integer({ min: 0, max: 2 ** 40 }), fc.integer({ min: 1, max: 2 ** 40 })])(
  "doubles are the nearest",
  (a, b) => {
    expect(toNumber(ratio(BigInt(a), BigInt(b)))).toBeCloseTo(a / b, 15 - Math.ceil(Math.log10(a / b + 1)));
  },
);

test("numbers of thousands of digits have a double too", () => {
  const large = 2n ** 7750n;
  expect(toNumber({ numerator: large / 3n, denominator: large })).toBeCloseTo(1 / 3, 15);
  expect(toNumber({ numerator: 1n, denominator: large })).toBe(0);
  expect(ratioText(ratio(6n, 8n))).toBe("3/4");
  expect(ratioText(ratio(8n, 8n))).toBe("1");
});
