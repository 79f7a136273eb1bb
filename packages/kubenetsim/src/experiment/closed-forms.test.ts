import { describe, expect, test } from "vitest";
import type { Cell } from "./experiment.ts";
import type { Measured, MeasureName } from "./measures.ts";
import { defaultParameters, type Parameters } from "./parameters.ts";
import { runCell } from "./run-cell.ts";

const sizes = [1, 2, 10, 256, 257, 258, 1500];
const positions = ["first", "middle", "last", "none"] as const;
const measures: readonly MeasureName[] = [
  "rulesCompared",
  "setLookups",
  "hashLookups",
  "bucketEntriesCompared",
  "serversExamined",
];

function measured(parameters: Partial<Parameters>, asked: readonly MeasureName[] = measures): Measured {
  const cell: Cell = { index: 0, seed: "closed forms", parameters: { ...defaultParameters, ...parameters } };
  return runCell(cell, asked).measured;
}

/** From 1. */
function placeOf(services: number, position: "first" | "middle" | "last"): number {
  return { first: 1, middle: Math.floor((services + 1) / 2), last: services }[position];
}

// docs/cost.md derives these.
describe("the closed forms of docs/cost.md", () => {
  test.each(positions)("iptables compares 15 + p rules for Service p, and 12 + N for none: %s", (position) => {
    for (const services of sizes) {
      const rules = position === "none" ? 12 + services : 15 + placeOf(services, position);
      expect(measured({ services, position }).rulesCompared).toBe(rules);
    }
  });

  test("iptables compares as many rules more as its draws went on to", () => {
    for (const endpoints of [1, 2, 3, 10, 100]) {
      const { rulesCompared, randomDraws } = measured({ services: 5, endpoints }, ["rulesCompared", "randomDraws"]);
      // The last endpoint's rule draws no number.
      const isLast = randomDraws === endpoints - 1;
      const passed = [randomDraws! - 1, randomDraws!];
      expect([...passed, ...(isLast ? [endpoints - 1] : [])]).toContain(rulesCompared! - (15 + 5));
    }
  });

  test.each(positions)(
    "nftables compares 14 rules and looks 6 times into sets, 11 rules for no Service: %s",
    (position) => {
      for (const services of sizes) {
        const { rulesCompared, setLookups } = measured({ mode: "nftables", services, position });
        expect([rulesCompared, setLookups]).toEqual([position === "none" ? 11 : 14, 6]);
      }
    },
  );

  test.each(["first", "middle", "last"] as const)(
    "ipvs compares 15 rules, looks 5 times into sets and 3 times into hash tables, and compares 1 + ⌊(N − p)/256⌋ entries: %s",
    (position) => {
      for (const services of sizes) {
        expect(measured({ mode: "ipvs", services, position })).toEqual({
          rulesCompared: 15,
          setLookups: 5,
          hashLookups: 3,
          bucketEntriesCompared: 1 + Math.floor((services - placeOf(services, position)) / 256),
          serversExamined: 1,
        });
      }
    },
  );

  test("lc, wlc and sed look at all E servers for a new connection, rr, wrr, sh and mh at one", () => {
    for (const endpoints of [1, 2, 10, 100]) {
      const examined = (scheduler: string): number | undefined =>
        measured({ mode: "ipvs", services: 3, endpoints, scheduler }).serversExamined;
      expect(["lc", "wlc", "sed"].map(examined)).toEqual([endpoints, endpoints, endpoints]);
      expect(["rr", "wrr", "sh", "mh"].map(examined)).toEqual([1, 1, 1, 1]);
    }
  });

  test.each(["iptables", "ipvs", "nftables", "userspace"] as const)(
    "a packet of an established connection costs the same however many Services and endpoints there are: %s",
    (mode) => {
      const costs = sizes.flatMap((services) =>
        positions.slice(0, 3).map((position) => measured({ mode, services, position, connection: "established" })),
      );
      for (const cost of costs) expect(cost).toEqual(costs[0]);
      expect(measured({ mode, services: 3, endpoints: 50, connection: "established" })).toEqual(costs[0]);
    },
  );

  test("what a sync writes after one change grows with N in iptables mode alone", () => {
    const asked: readonly MeasureName[] = ["objects", "objectsTouched"];
    for (const services of [10, 100, 900]) {
      expect(measured({ services }, asked)).toMatchObject({
        objects: 55 + 7 * services,
        objectsTouched: 22 + services,
      });
      const nft = measured({ mode: "nftables", services }, asked);
      expect(nft).toEqual({ objects: 51 + 4 * services, objectsTouched: 3 });
      const ipvs = measured({ mode: "ipvs", services }, asked);
      expect(ipvs).toEqual({ objects: 70 + 5 * services, objectsTouched: 1 });
    }
  });
});
