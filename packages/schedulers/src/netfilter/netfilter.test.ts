import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import type { Request, Scheduler, Server } from "../scheduler.ts";
import { cascadeOdds, cascadePosition, cascadeSurvivals, cascadeThresholds, walkCascade } from "./cascade.ts";
import { nftJhash, nftJhashOf } from "./nft-jhash.ts";
import { nthCascade, nthStart, walkNth } from "./nth.ts";
import { numgenInc, numgenRandom } from "./numgen.ts";
import { statisticNth } from "./statistic-nth.ts";
import { statisticRandom } from "./statistic-random.ts";

const count = fc.integer({ min: 1, max: 60 });

function serversOf(weights: readonly number[]): Server[] {
  return weights.map((weight, id) => ({
    id,
    address: [id + 1],
    port: 80,
    weight,
    lastWeight: 1,
    activeConnections: 0,
    inactiveConnections: 0,
    overloaded: false,
  }));
}

function requestOf(more: Partial<Request>): Request {
  return {
    sourceAddress: [0x0a000105],
    sourcePort: 40_000,
    destinationAddress: [0x0a600001],
    nowMs: 0,
    fallback: false,
    usePort: false,
    ...more,
  };
}

function picks<S>(scheduler: Scheduler<S>, servers: readonly Server[], requests: readonly Request[]): number[] {
  let state = scheduler.start(servers, 0);
  return requests.map((request) => {
    const choice = scheduler.choose(state, servers, request);
    state = choice.state;
    return choice.index;
  });
}

describe("iptables/statistic-random", () => {
  it("has the thresholds that iptables keeps of kube-proxy's ten digits", () => {
    expect(cascadeThresholds(4)).toEqual([536870912, 715827883, 1073741824, 2147483648]);
    expect(cascadeThresholds(2048)[0]).toBe(1048576);
    expect(cascadeThresholds(7)[0]).toBe(Math.round(0.1428571429 * 2 ** 31));
  });

  test.prop([count])("shares add up to 1 and are what the survivals leave", (n) => {
    const survivals = cascadeSurvivals(n);
    const { parts, whole } = cascadeOdds(n);
    expect(parts.reduce((all, part) => all + part)).toBe(whole);
    for (const [i, part] of parts.entries()) {
      const exact = Number((part << 100n) / whole) / 2 ** 100;
      expect(survivals[i]! - survivals[i + 1]!).toBeCloseTo(exact, 14);
      expect(Math.abs(exact * n - 1)).toBeLessThanOrEqual(2 ** -30 * n);
    }
  });

  test.prop([count, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })])(
    "the search finds the first rule whose end is below",
    (n, u) => {
      const survivals = cascadeSurvivals(n);
      expect(cascadePosition(survivals, u)).toBe(survivals.findIndex((_, j) => 1 - u > survivals[j + 1]!));
    },
  );

  test.prop([count, fc.nat(59)])("a walk ends at the rule whose draw is low enough", (n, at) => {
    const end = Math.min(at, n - 1);
    let draws = 0;
    expect(walkCascade(cascadeThresholds(n), () => (draws++ === end ? 0 : 1 - 2 ** -31))).toBe(end);
    expect(draws).toBe(Math.min(end + 1, n - 1));
  });

  it("says that it draws", () => {
    expect(() => picks(statisticRandom, serversOf([1, 1]), [requestOf({})])).toThrow(TypeError);
  });
});

describe("iptables/statistic-nth", () => {
  test.prop([fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 40 })])(
    "counter by counter comes to the same",
    (n, packets) => {
      const rules = nthCascade(n);
      const counters = rules.map(nthStart);
      const walked = Array.from({ length: packets }, () => walkNth(rules, counters));
      expect(picks(statisticNth, serversOf(Array(n).fill(1)), Array(packets).fill(requestOf({})))).toEqual(walked);
    },
  );

  it("counts from the packet that a rule names", () => {
    const rules = [{ every: 3, packet: 1 }];
    const counters = rules.map(nthStart);
    expect(Array.from({ length: 7 }, () => walkNth(rules, counters))).toEqual([1, 0, 1, 1, 0, 1, 1]);
  });
});

describe("rules", () => {
  const weights = fc.array(fc.nat(2), { minLength: 1, maxLength: 8 });
  const all = [statisticRandom, statisticNth, numgenInc, numgenRandom, nftJhash] as Scheduler<unknown>[];

  test.prop([weights, fc.nat(7), fc.integer({ min: 1, max: 9 })])(
    "are written anew only when another server has one",
    (list, where, before) => {
      const at = Math.min(where, list.length);
      const servers = serversOf(list);
      for (const scheduler of all) {
        const request = requestOf({ random: () => 0.3 });
        let state = scheduler.start(servers, 0);
        for (let i = 0; i < before; i++) state = scheduler.choose(state, servers, request).state;
        expect(scheduler.changed(state, servers)).toEqual(state);
        const more = serversOf(list.toSpliced(at, 0, 0));
        const added = scheduler.added(state, more, at);
        expect(scheduler.removed(added, servers, at)).toEqual(state);
        const taken = serversOf(list.toSpliced(at, 0, 1));
        expect(scheduler.added(state, taken, at)).toEqual(scheduler.start(taken, 0));
      }
    },
  );

  test.prop([weights, fc.integer({ min: 1, max: 4 })])("nth and inc give equal turns in order", (list, rounds) => {
    const servers = serversOf(list);
    const targets = list.flatMap((weight, i) => (weight > 0 ? [i] : []));
    const expected = Array.from({ length: rounds }, () => targets).flat();
    for (const scheduler of [statisticNth, numgenInc]) {
      expect(picks(scheduler as Scheduler<unknown>, servers, Array(expected.length).fill(requestOf({})))).toEqual(
        expected,
      );
    }
  });
});

describe("nft/jhash", () => {
  test.prop([fc.array(fc.nat(65535), { minLength: 1, maxLength: 5 }), fc.nat()])(
    "is a function of seed and client",
    (ports, seed) => {
      const servers = serversOf([1, 1, 1, 1, 1]);
      const requests = [...ports, ...ports].map((sourcePort) => requestOf({ sourcePort }));
      const indexes = picks(nftJhashOf({ seed }), servers, requests);
      expect(indexes.slice(ports.length)).toEqual(indexes.slice(0, ports.length));
      expect(new Set(picks(nftJhashOf({ seed, withPort: false }), servers, requests)).size).toBe(1);
    },
  );

  it("draws its seed once", () => {
    let draws = 0;
    const random = () => {
      draws++;
      return 0.75;
    };
    const servers = serversOf([1, 1, 1]);
    const requests = [1, 2, 3].map((sourcePort) => requestOf({ sourcePort, random }));
    expect(picks(nftJhash, servers, requests)).toEqual(picks(nftJhashOf({ seed: 0xc0000000 }), servers, requests));
    expect(draws).toBe(1);
    expect(() => nftJhashOf({ seed: -1 })).toThrow(RangeError);
  });
});
