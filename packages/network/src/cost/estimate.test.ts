import { zeroCost } from "@kubenetsim/core/trace/cost";
import { expect, test } from "vitest";
import { costConstants } from "./constants.ts";
import { costTerms, estimateNs } from "./estimate.ts";
import { costModels } from "./model.ts";

test("nothing done costs nothing", () => {
  expect(estimateNs(zeroCost)).toBe(0);
});

test("a thousand rules on iptables-legacy take about a third of iptables-nft", () => {
  const cost = { ...zeroCost, rulesCompared: 1000 };
  expect(estimateNs(cost, costModels["iptables-legacy"])).toBeCloseTo(5_700);
  expect(estimateNs(cost, costModels["iptables-nft"])).toBeCloseTo(17_000);
});

test("a rule that draws is charged once, NAT once however many bindings", () => {
  const cost = { ...zeroCost, rulesCompared: 12, randomDraws: 2, natBindings: 2 };
  expect(costTerms(cost, costModels["iptables-legacy"]).map(({ count }) => count)).toEqual([10, 2, 1]);
  expect(estimateNs(cost, costModels["iptables-legacy"])).toBeCloseTo(57 + 140 + 450);
});

test("nft's maps cost the same however many rules and numbers they stand for", () => {
  const few = { ...zeroCost, rulesCompared: 10, randomDraws: 1, natBindings: 1 };
  expect(estimateNs({ ...few, rulesCompared: 1000 }, costModels.nftables)).toBe(estimateNs(few, costModels.nftables));
});

test("each constant lies in the range in which it was seen", () => {
  for (const { valueNs, rangeNs } of Object.values(costConstants)) {
    expect(valueNs).toBeGreaterThanOrEqual(rangeNs[0]);
    expect(valueNs).toBeLessThanOrEqual(rangeNs[1]);
  }
});
