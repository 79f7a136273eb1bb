import { isInShard, type Shard } from "@kubenetsim/workers/shard";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type CampaignReport, mergeReports, reportText, summaryOf } from "./report.ts";

const modes = ["iptables", "nftables"];

/** Of a campaign in which some cases fail. */
function reportOf(
  failing: readonly (readonly [mode: number, index: number])[],
  cases: number,
  shard: Shard,
): CampaignReport {
  const own = failing.filter(([, index]) => isInShard(index, shard));
  const ran = Array.from({ length: cases }, (_, index) => index).filter((index) => isInShard(index, shard)).length;
  return {
    campaign: { modes, cases, seed: 7 },
    shard,
    ran: modes.length * ran,
    failures: own.map(([mode, index]) => ({ mode: modes[mode]!, seed: 7000 + index, text: `differs ${index}` })),
  };
}

const fileOf = (report: CampaignReport) => ({ source: `part-${report.shard.number}`, text: reportText(report) });

describe("reports of shards", () => {
  test("join, in any order, to the report of a run without shards", () => {
    const places = fc.uniqueArray(fc.tuple(fc.nat(1), fc.nat(19)), { selector: String });
    fc.assert(
      fc.property(places, fc.integer({ min: 1, max: 25 }), fc.infiniteStream(fc.nat()), (failing, of, order) => {
        const sorted = [...failing].sort(([a, i], [b, j]) => a - b || i - j);
        const parts = Array.from({ length: of }, (_, i) => fileOf(reportOf(sorted, 20, { number: i + 1, of })));
        const shuffled = parts.map((part) => ({ part, key: order.next().value as number }));
        shuffled.sort((a, b) => a.key - b.key);
        const whole = reportOf(sorted, 20, { number: 1, of: 1 });
        expect(reportText(mergeReports(shuffled.map(({ part }) => part)))).toBe(reportText(whole));
      }),
    );
  });

  test("say how many cases passed", () => {
    expect(summaryOf(reportOf([[0, 4]], 20, { number: 1, of: 4 }))).toBe("9 passed, 1 failed (shard 1 of 4)");
    expect(summaryOf(reportOf([], 20, { number: 1, of: 1 }))).toBe("40 passed, 0 failed");
  });

  const part = (number: number, cases = 20) => fileOf(reportOf([], cases, { number, of: 3 }));

  test.each([
    ["none", [], "no reports to merge"],
    ["what is no JSON", [{ source: "x", text: "{" }], "x: is no JSON"],
    ["what is no report", [{ source: "x", text: "[]" }], "x: is no report of a campaign"],
    ["another campaign", [part(1), part(2, 30)], "part-2: is of another campaign than part-1"],
    ["a shard twice", [part(1), part(1)], "part-1: is the same shard as part-1"],
    ["a missing shard", [part(2)], "shards of 3 that are missing: 1, 3"],
  ])("are refused: %s", (_, files, message) => {
    expect(() => mergeReports(files)).toThrow(message);
  });
});
