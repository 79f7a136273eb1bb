import { describe, expect, test } from "vitest";
import type { BackendName } from "../../bench/calibrate/backends.ts";
import {
  growth,
  iptablesConstants,
  ipvsConstants,
  meanDraws,
  nftConstants,
} from "../../bench/calibrate/derive-constants.ts";
import { type CalibrateOptions, readOptions } from "../../bench/calibrate/options.ts";
import { planOf } from "../../bench/calibrate/plan.ts";
import { type Counts, countsOf, type RunResult, targets } from "../../bench/calibrate/run.ts";

const options = readOptions(["--services", "1,10,300,1000", "--endpoints", "1,5,40"]) as CalibrateOptions;

/** What a kernel that takes exactly these nanoseconds would be measured to take. */
function measuredBy(backend: BackendName, priceOf: (counts: Counts, draws: number, translated: boolean) => number) {
  return planOf(backend, options).map((run): RunResult => {
    const results = targets.map((target) => {
      const counts = countsOf(run, target);
      const draws = target === "none" ? 0 : meanDraws(run.endpoints);
      // Those that draw apart: the one packet that was counted drew what it drew.
      const { rulesCompared } = countsOf({ ...run, endpoints: 1 }, target);
      const average = { ...counts, rulesCompared };
      return { counts, ns: new Array<number>(5).fill(2000 + priceOf(average, draws, target !== "none")) };
    });
    const [first, last, none] = results;
    return {
      ...run,
      clock: "cpu",
      counts: { first: first!.counts, last: last!.counts, none: none!.counts },
      batches: { first: first!.ns, last: last!.ns, none: none!.ns },
    };
  });
}

describe("out of a kernel that takes exactly what a model says come the model's constants", () => {
  test("iptables", () => {
    const results = measuredBy(
      "iptables-legacy",
      ({ rulesCompared }, draws, translated) => 6 * rulesCompared + 70 * draws + (translated ? 450 : 0),
    );
    const { constants, lacks } = iptablesConstants(results);
    expect(constants.iptablesRule).toMatchObject({ ns: 6, rangeNs: [6, 6], fit: { r2: 1, batches: 5, sizes: 4 } });
    expect(constants.statisticRule).toMatchObject({ ns: 70, fit: { r2: 1, sizes: 3 } });
    expect(constants.iptablesNat).toMatchObject({ ns: 450, rangeNs: [450, 450] });
    expect(lacks).toEqual({});
  });

  test("nft, which does not grow", () => {
    const results = measuredBy("nft", (_, __, translated) => (translated ? 700 : 0));
    expect(nftConstants(results).constants.nftNat).toMatchObject({ ns: 700, rangeNs: [700, 700] });
    const { service, endpoint } = growth(results);
    expect([service.slope, endpoint.slope]).toEqual([0, 0]);
  });

  test("ipvs, with its buckets and its walks", () => {
    const results = measuredBy("ipvs", (counts, _, translated) =>
      translated
        ? 1200 + 6 * counts.rulesCompared + 7.5 * counts.bucketEntriesCompared + 8 * counts.serversExamined
        : 6 * counts.rulesCompared,
    );
    const { constants, lacks } = ipvsConstants(results, { iptablesRule: { ns: 6, rangeNs: [6, 6] } });
    expect(constants.ipvsBucketEntry).toMatchObject({ ns: 7.5, fit: { r2: 1 } });
    expect(constants.ipvsServer).toMatchObject({ ns: 8, fit: { r2: 1 } });
    expect(constants.ipvsNat?.ns).toBeCloseTo(1200, 6);
    expect(lacks).toEqual({});
  });
});

test("a rule that draws is met as often as that: endpoint k is the k-th draw, but the last one needs none", () => {
  for (const endpoints of [1, 2, 3, 10, 100]) {
    let draws = 0;
    for (let k = 1; k <= endpoints; k++) draws += Math.min(k, endpoints - 1);
    expect(meanDraws(endpoints)).toBeCloseTo(draws / endpoints, 9);
  }
});
