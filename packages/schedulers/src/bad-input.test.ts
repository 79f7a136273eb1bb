import { describe, expect, it } from "vitest";
import { drawBelow } from "./chance.ts";
import { mh } from "./ipvs/mh.ts";
import type { Server } from "./scheduler.ts";
import { schedulerNamed, schedulers } from "./schedulers.ts";
import { seededStream } from "./seeded-stream.ts";
import { requestFrom, serversOf, startWith } from "./servers.ts";

/** What schedulers do with servers and chance that nobody has checked before. */

const request = { ...requestFrom("10.1.0.1:40000", { key: "/" }), random: seededStream(1) };

function serversOfWeights(weights: readonly number[]): Server[] {
  const [plain] = serversOf(mh, ["10.244.0.2:8080"]);
  return weights.map((weight, id) => ({ ...plain!, id, address: [0x0af40000 + id], weight, lastWeight: weight }));
}

describe("weights that are none", () => {
  // They go by the load of the servers at each pick.
  const byLoad: readonly string[] = ["lblc", "lblcr"];

  it.each(Object.keys(schedulers).filter((name) => !byLoad.includes(name)))("are refused by %s", (name) => {
    const scheduler = schedulerNamed(name);
    for (const weights of [[Number.NaN, 1], [0.3, 0.1], [-1, 2], [2 ** 31]]) {
      const servers = serversOfWeights(weights);
      const message = /^a weight is a whole number from 0 to 2147483647, not (NaN|0\.[13]|-1|2147483648)$/;
      expect(() => scheduler.choose(scheduler.start(servers, 0), servers, request)).toThrow(message);
      expect(() => scheduler.choose(startWith(scheduler, servers), servers, request)).toThrow(message);
      const sound = serversOfWeights(weights.map(() => 1));
      const { state } = scheduler.choose(scheduler.start(sound, 0), sound, request);
      if (name === "rr") continue; // It asks nothing of a weight but whether it is above 0.
      expect(() => scheduler.choose(scheduler.changed(state, servers), servers, request)).toThrow(message);
    }
  });
});

describe("schedulerNamed", () => {
  it("knows every scheduler", () => {
    for (const [name, scheduler] of Object.entries(schedulers)) expect(schedulerNamed(name)).toBe(scheduler);
  });

  it.each(["wrrr", "", "toString", "constructor", "WRR", "nginx"])("lists them for %j", (name) => {
    const list = Object.keys(schedulers).join(", ");
    expect(() => schedulerNamed(name)).toThrow(new RangeError(`unknown scheduler "${name}", known are ${list}`));
  });
});

describe("chance", () => {
  it.each([1, -0.1, Number.NaN, Number.POSITIVE_INFINITY, "0.5"])("is no %s", (number) => {
    const random = (): number => number as number;
    expect(() => drawBelow({ ...request, random }, 3, "nginx/random")).toThrow(
      new RangeError(`nginx/random: random() gives numbers from 0 to below 1, not ${number}`),
    );
  });

  it("leads to a server whenever it is below 1", () => {
    const random = (): number => 1 - 2 ** -53;
    for (const count of [1, 2, 3, 10, 2 ** 31 - 1]) {
      expect(drawBelow({ ...request, random }, count, "any")).toBe(count - 1);
    }
  });
});

it("mh deals its table to as many servers as there are", () => {
  const servers = serversOfWeights(new Array<number>(200_000).fill(1));
  expect(mh.choose(mh.start(servers, 0), servers, request).index).toBeGreaterThanOrEqual(0);
});
