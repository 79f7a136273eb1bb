import { describe, expect, test } from "vitest";
import { readOptions } from "../../bench/calibrate/options.ts";
import { planOf } from "../../bench/calibrate/plan.ts";
import { Refusal } from "../../bench/calibrate/refusal.ts";
import { requireAll, type Surroundings } from "../../bench/calibrate/requirements.ts";

const effort = { packets: 250, batches: 31 };
const good: Surroundings = { platform: "linux", userId: 0, hasProgram: () => true, connectionsAtMost: 65_536 };

describe("what it cannot do without is refused by name", () => {
  test("takes a machine that has all", () => {
    expect(requireAll(good, effort)).toBeUndefined();
    expect(requireAll({ ...good, connectionsAtMost: undefined }, effort)).toBeUndefined();
  });

  test.each<[string, Partial<Surroundings>, string]>([
    ["another system", { platform: "darwin" }, "it measures Linux's kernel, and this is darwin"],
    ["no root", { userId: 1000 }, "it takes root: for network namespaces and their rules"],
    ["no programs", { hasProgram: (name) => name === "ip" }, "there is no unshare, no nsenter, no cc"],
    ["too few connections", { connectionsAtMost: 4096 }, "24000 flows a ruleset are more than the 4096"],
  ])("%s", (_, without, message) => {
    expect(() => requireAll({ ...good, ...without }, effort)).toThrow(Refusal);
    expect(() => requireAll({ ...good, ...without }, effort)).toThrow(message);
  });
});

describe("options", () => {
  test.each([
    [["--services", "10"], '--services must be two sizes or more, got "10"'],
    [["--services", "10,1e9"], '--services must be whole numbers from 1 to 60000, got "1e9"'],
    [["--services", "1,1000000000"], "--services must be whole numbers from 1 to 60000"],
    [["--endpoints", "0,5"], "--endpoints must be whole numbers from 1 to 10000"],
    [["--batches", "2"], "--batches must be whole numbers from 3 to 1000"],
    [["--backends", "iptables"], "--backends must be of iptables-legacy, iptables-nft, nft, ipvs"],
    [["--sizes", "3"], "--sizes"],
  ])("refuses %j", (words, message) => {
    expect(() => readOptions(words)).toThrow(message);
  });

  test("takes each size once, ascending, and sizes of one's own in the short form", () => {
    const options = readOptions(["--short", "--services", "50,5,50"])!;
    expect(options).toMatchObject({ services: [5, 50], endpoints: [1, 100, 400], batches: 11 });
    expect(readOptions(["--help"])).toBeUndefined();
  });

  test("plans each ruleset once, and schedulers for IPVS alone", () => {
    const options = readOptions(["--services", "1,9", "--endpoints", "1,7"])!;
    expect(planOf("nft", options).map(({ services, endpoints }) => [services, endpoints])).toEqual([
      [1, 1],
      [9, 1],
      [1, 7],
    ]);
    expect(new Set(planOf("ipvs", options).map(({ scheduler }) => scheduler))).toEqual(
      new Set(["rr", "lc", "wlc", "sed"]),
    );
  });
});
