import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseQuantity, quantityText, wholeUnits } from "./quantity.ts";

const text = (given: string): string => quantityText(parseQuantity(given));

describe("quantities", () => {
  // apimachinery pkg/api/resource/quantity_test.go
  it.each([
    ["0.1", "100m"],
    ["1.5Gi", "1536Mi"],
    ["0.5Mi", "512Ki"],
    ["1024Ki", "1Mi"],
    ["1023", "1023"],
    ["512Ki", "512Ki"],
    ["0.5Ki", "512"],
    ["67108864", "67108864"],
    ["1000", "1k"],
    ["12e6", "12e6"],
    ["1e3", "1e3"],
    ["-0.5", "-500m"],
    ["+1", "1"],
    [".5", "500m"],
    ["0", "0"],
    ["0Ki", "0"],
    ["1e-10", "1e-9"],
    ["100E", "9223372036854775807"],
  ])("%s is written %s", (given, written) => {
    expect(text(given)).toBe(written);
  });

  it.each(["", "x", "1.5.2", "--1", "1 Gi"])("%j is none", (given) => {
    expect(() => parseQuantity(given)).toThrow("quantities must match the regular expression");
  });

  it("refuses a unit that there is not", () => {
    expect(() => parseQuantity("1mm")).toThrow("unable to parse quantity's suffix");
  });

  it("counts whole ones away from zero", () => {
    expect(wholeUnits(parseQuantity("1500m"))).toBe(2n);
    expect(wholeUnits(parseQuantity("-1500m"))).toBe(-2n);
  });

  it("is written the same once it has been written, and keeps its amount", () => {
    const unit = fc.constantFrom("", "n", "u", "m", "k", "M", "G", "Ki", "Mi", "Gi", "e3", "e-3");
    const given = fc.tuple(fc.integer({ min: -99_999, max: 99_999 }), fc.nat(999), unit);
    fc.assert(
      fc.property(given, ([whole, part, suffix]) => {
        const amount = parseQuantity(`${whole}.${part}${suffix}`);
        const written = quantityText(amount);
        expect(parseQuantity(written).nano).toBe(amount.nano);
        expect(text(written)).toBe(written);
      }),
    );
  });
});
