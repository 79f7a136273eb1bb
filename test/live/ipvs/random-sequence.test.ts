import { ipvsSchedulers } from "@kubenetsim/schedulers/ipvs/table";
import { describe, expect, it } from "vitest";
import { replay } from "../../conformance/ipvs/replay.ts";
import { randomSequence } from "./random-sequence.ts";

const plans = Array.from({ length: 400 }, (_, seed) => randomSequence(seed));
const events = plans.flatMap((plan) => plan.events);

describe("a random sequence", () => {
  it("is the same for the same seed", () => {
    expect(plans.map((_, seed) => randomSequence(seed))).toEqual(plans);
  });

  it("is of every kind that there is", () => {
    expect(new Set(plans.map((plan) => plan.scheduler))).toEqual(new Set(Object.keys(ipvsSchedulers)));
    expect(new Set(plans.flatMap((plan) => plan.flags)).size).toBe(4);
    expect(new Set(plans.map((plan) => `${plan.proto} ${plan.vip.includes(":")}`)).size).toBe(4);
    const fields = ["persistent", "netmask", "fwmark", "sysctls", "timeouts"] as const;
    for (const field of fields) expect(plans.filter((plan) => plan[field] !== undefined).length).toBeGreaterThan(20);
    const verbs = [
      "open",
      "close",
      "reset",
      "add",
      "remove",
      "setWeight",
      "setScheduler",
      "setSysctls",
      "wait",
    ] as const;
    for (const verb of verbs) expect(events.filter((event) => event[verb] !== undefined).length).toBeGreaterThan(40);
    const weights = plans.flatMap((plan) => plan.backends.map(({ weight }) => weight));
    expect(weights).toContain(0);
    expect(weights).toContain(2 ** 31 - 1);
  });

  it("can be played here: every open has its pick, every event its state", () => {
    for (const plan of plans) {
      const { picks, states } = replay(plan);
      expect(picks).toHaveLength(plan.events.filter((event) => event.open !== undefined).length);
      expect(states).toHaveLength(plan.events.length + 1);
    }
  });
});
