import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { fitLevel, fitSlope, leastSquares, type Sample } from "../../bench/calibrate/fit.ts";

const ns = fc.double({ min: 0.01, max: 1000, noNaN: true });
const sizes = fc.uniqueArray(fc.integer({ min: 1, max: 50_000 }), { minLength: 2, maxLength: 8 });
const batchCount = fc.integer({ min: 1, max: 9 });

/** As `sample` of derive-constants makes them: a packet that pays for units above one that does not. */
function sampleOf(units: number, slower: readonly number[], faster: readonly number[]): Sample {
  return {
    units,
    differencesNs: slower.map((value, at) => value - faster[at]!),
    fastestNs: Math.min(...slower) - Math.min(...faster),
  };
}

describe("fitSlope", () => {
  property.prop([ns, ns, sizes, batchCount])(
    "gives back the cost that exact costs were made of, with R² 1 and no spread over batches",
    (perUnit, fixed, units, batches) => {
      const samples = units.map((count) => {
        const faster = new Array<number>(batches).fill(2000);
        return sampleOf(count, new Array<number>(batches).fill(2000 + fixed + perUnit * count), faster);
      });
      const fitted = fitSlope(samples);
      expect(fitted).toMatchObject({ fit: { batches, sizes: units.length } });
      if ("lacks" in fitted) return;
      expect(fitted.ns / perUnit).toBeCloseTo(1, 2);
      expect(fitted.fit!.medianNs / perUnit).toBeCloseTo(1, 2);
      for (const quartile of fitted.fit!.quartilesNs) expect(quartile / perUnit).toBeCloseTo(1, 2);
      expect(fitted.fit!.r2).toBeCloseTo(1, 6);
      expect(fitted.rangeNs[0]).toBeLessThanOrEqual(fitted.ns);
      expect(fitted.rangeNs[1]).toBeGreaterThanOrEqual(fitted.ns);
    },
  );

  property.prop([ns, sizes, fc.array(fc.double({ min: 0, max: 1e5, noNaN: true }), { minLength: 3, maxLength: 9 })])(
    "does not see noise that falls on both packets of a batch",
    (perUnit, units, noise) => {
      const samples = units.map((count) =>
        sampleOf(
          count,
          noise.map((more) => 2000 + more + perUnit * count),
          noise.map((more) => 2000 + more),
        ),
      );
      const fitted = fitSlope(samples);
      expect("lacks" in fitted ? fitted.lacks : fitted.fit!.medianNs / perUnit).toBeCloseTo(1, 2);
    },
  );

  property.prop([sizes])("gives no constant for what does not grow", (units) => {
    const flat = units.map((count, at) => sampleOf(count, [100 + (at % 2)], [100]));
    const fitted = fitSlope(flat.map((sample) => ({ ...sample, fastestNs: 0 })));
    expect(fitted).toHaveProperty("lacks", expect.stringContaining("lost in the noise"));
  });

  test("gives no constant for what was measured at one size", () => {
    expect(fitSlope([sampleOf(3, [5], [1])])).toEqual({ lacks: expect.stringContaining("two sizes") });
    expect(fitSlope([])).toEqual({ lacks: expect.stringContaining("two sizes") });
  });

  test("has each larger size's own cost in its range, where points lie on no line", () => {
    const samples = [0, 1000, 5000, 10_000].map((units) => sampleOf(units, [units * (units > 5000 ? 12 : 3)], [0]));
    const fitted = fitSlope(samples);
    expect(fitted).toMatchObject({ rangeNs: [3, expect.any(Number)] });
    expect("lacks" in fitted ? 0 : fitted.fit!.r2).toBeLessThan(0.95);
  });
});

test("a level is what the fastest batches differ by, at any size", () => {
  const samples = [1, 2, 3].map((units) => sampleOf(units, [130, 150, 170], [100, 100, 100]));
  expect(fitLevel(samples)).toEqual({
    ns: 30,
    rangeNs: [30, 70],
    fit: { quartilesNs: [30, 70], medianNs: 50, batches: 3, sizes: 3 },
  });
  expect(fitLevel([sampleOf(1, [90], [100])])).toHaveProperty("lacks");
});

property.prop([ns, ns, sizes])("the line through points of a line is that line", (slope, intercept, xs) => {
  const line = leastSquares(
    xs,
    xs.map((x) => intercept + slope * x),
  );
  expect(line.slope / slope).toBeCloseTo(1, 6);
  expect(line.r2).toBeCloseTo(1, 6);
});
