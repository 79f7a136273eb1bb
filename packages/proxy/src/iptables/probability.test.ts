import { describe, expect, it } from "vitest";
import { probability31, probabilityText, probabilityTextOf } from "./probability.ts";

// upstream: iptables.TestComputeProbability
describe("probabilities", () => {
  it.each([
    [2, "0.5000000000", 0.5],
    [3, "0.3333333333", 0.33333333349],
    [6, "0.1666666667", 0.16666666651],
    [9, "0.1111111111", 0.11111111101],
    [100, "0.0100000000", 0.00999999978],
    [1000, "0.0010000000", 0.00100000016],
    [2048, "0.0004882812", 0.00048828125],
  ])("1/%i is written %s and shown as %d", (n, text, shown) => {
    expect(probabilityText(n)).toBe(text);
    expect(Number((probability31(n) / 2 ** 31).toFixed(11))).toBe(shown);
    expect(probabilityTextOf(probability31(n))).toBe(text);
  });

  it("can be told from what the kernel keeps, for as many endpoints as a slice has", () => {
    for (let n = 2; n <= 1000; n++) expect(probabilityTextOf(probability31(n))).toBe(probabilityText(n));
  });
});
