import { zeroCost } from "@kubenetsim/core/trace/cost";
import { expect, test } from "vitest";
import { costConstantNames } from "./constants.ts";
import { estimate } from "./estimate.ts";
import { estimateText } from "./estimate-text.ts";
import { costModelFor, costModelNames, costModels } from "./models.ts";

const legacy = costModels["linux-6.18-iptables-legacy"];
const nft = costModels["linux-6.18-iptables-nft"];
const uml = costModels["linux-6.1-uml"];

test("nothing done costs nothing", () => {
  for (const name of costModelNames) expect(estimate(zeroCost, "iptables", costModels[name]).ns).toBe(0);
});

test("a thousand rules on iptables-legacy take about a third of iptables-nft", () => {
  const cost = { ...zeroCost, rulesCompared: 1000 };
  expect(estimate(cost, "iptables", legacy).ns).toBeCloseTo(5_700);
  expect(estimate(cost, "iptables", nft).ns).toBeCloseTo(17_000);
});

test("a rule that draws is charged once, NAT once however many bindings", () => {
  const cost = { ...zeroCost, rulesCompared: 12, randomDraws: 2, natBindings: 2 };
  const { terms, ns } = estimate(cost, "iptables", legacy);
  expect(terms.map(({ count }) => count)).toEqual([10, 2, 1]);
  expect(ns).toBeCloseTo(57 + 140 + 450);
});

test("nft's maps cost the same however many rules and numbers they stand for", () => {
  const few = { ...zeroCost, rulesCompared: 10, randomDraws: 1, natBindings: 1 };
  expect(estimate({ ...few, rulesCompared: 1000 }, "nftables", nft).ns).toBe(estimate(few, "nftables", nft).ns);
});

test("IPVS is charged for the entries of its bucket and for the servers that its scheduler walks", () => {
  const cost = { ...zeroCost, hashLookups: 2, bucketEntriesCompared: 40, serversExamined: 100, natBindings: 1 };
  expect(estimate(cost, "ipvs/lc", uml).ns).toBeCloseTo(40 * 7.5 + 100 * 7.5 + 1200);
});

test("what a model has no constant for gives no estimate, by name", () => {
  const cost = { ...zeroCost, rulesCompared: 5, serversExamined: 1, natBindings: 1 };
  const result = estimate(cost, "ipvs/rr", nft);
  expect(result.missing).toEqual(["ipvsServer", "ipvsNat"]);
  expect(result.ns).toBeNaN();
  expect(estimateText(result)).toBe(
    "no estimate: linux-6.18-iptables-nft has no constant for ipvsServer, ipvsNat (the kernel that was measured has no IPVS)",
  );
});

test("the text says that it is an estimate, of which model, and how far it spreads", () => {
  const cost = { ...zeroCost, rulesCompared: 100, natBindings: 1 };
  expect(estimateText(estimate(cost, "iptables", uml))).toBe(
    "1020 ns (340 to 1830) = 100 rules × 5.7 ns + 1 NAT'ed packet × 450 ns; an estimate by linux-6.1-uml, a rough absolute, a fair ratio",
  );
});

test("each mode has a model whose constants it needs", () => {
  const cost = { ...zeroCost, rulesCompared: 9, randomDraws: 1, natBindings: 1 };
  const ipvs = { ...cost, bucketEntriesCompared: 3, serversExamined: 2 };
  for (const mode of ["iptables", "nftables"]) expect(estimate(cost, mode, costModelFor(mode)).missing).toEqual([]);
  expect(estimate(ipvs, "ipvs/rr", costModelFor("ipvs/rr")).missing).toEqual([]);
});

test("in userspace mode there is no estimate unless the model knows what kube-proxy itself takes, of later packets, too", () => {
  for (const natBindings of [1, 0]) {
    const cost = { ...zeroCost, rulesCompared: 100, natBindings };
    for (const name of costModelNames) {
      const result = estimate(cost, "userspace", costModels[name]);
      expect(result.missing).toEqual(["userspaceRelay"]);
      expect(estimateText(result)).toBe(
        `no estimate: ${name} has no constant for userspaceRelay (what kube-proxy itself does with a packet was not measured)`,
      );
    }
    const { userspaceRelay: _, ...lacks } = legacy.lacks;
    const constants = { ...legacy.constants, userspaceRelay: { ns: 20_000, rangeNs: [10_000, 40_000] as const } };
    const mine = estimate(cost, "userspace", { ...legacy, constants, lacks });
    expect(mine.ns).toBeCloseTo(570 + 450 * natBindings + 20_000);
  }
});

test("each constant lies in its range, and a model has it or says why not", () => {
  for (const { constants, lacks } of Object.values(costModels)) {
    for (const name of costConstantNames) {
      expect((constants[name] === undefined) !== (lacks[name] === undefined)).toBe(true);
      const { ns, rangeNs } = constants[name] ?? { ns: 0, rangeNs: [0, 0] };
      expect(ns).toBeGreaterThanOrEqual(rangeNs[0]);
      expect(ns).toBeLessThanOrEqual(rangeNs[1]);
    }
  }
});
