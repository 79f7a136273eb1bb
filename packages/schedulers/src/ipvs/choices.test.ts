import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import type { Request, Scheduler, Server } from "../scheduler.ts";
import { isAvailable } from "./availability.ts";
import { ipvsSchedulers as schedulers } from "./table.ts";
import type { WeightedRoundRobinState } from "./wrr.ts";

const word = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const load = fc.nat({ max: 20 });
const server: fc.Arbitrary<Server> = fc
  .record({
    address: fc.tuple(word),
    port: fc.integer({ min: 1, max: 65535 }),
    weight: fc.nat({ max: 9 }),
    lastWeight: fc.nat({ max: 9 }),
    activeConnections: load,
    inactiveConnections: load,
    overloaded: fc.boolean(),
  })
  .map((values) => ({ id: 0, ...values }));
const servers = fc.array(server, { maxLength: 8 }).map((list) => list.map((values, id) => ({ ...values, id })));
const request: fc.Arbitrary<Request> = fc.record({
  sourceAddress: fc.tuple(word),
  sourcePort: fc.nat({ max: 65535 }),
  destinationAddress: fc.tuple(word),
  nowMs: fc.constant(0),
  fallback: fc.boolean(),
  usePort: fc.boolean(),
});

/** As a kernel would have come to this list: one server after the other, the first in the list last. */
function stateOf(scheduler: Scheduler<unknown>, list: readonly Server[]): unknown {
  let state = scheduler.start([], 0);
  for (let count = 1; count <= list.length; count++) state = scheduler.added(state, list.slice(-count), 0);
  return state;
}

function choices(scheduler: Scheduler<unknown>, from: unknown, list: readonly Server[], requests: readonly Request[]) {
  let state = from;
  return requests.map((one) => {
    const choice = scheduler.choose(state, list, one);
    state = choice.state;
    return choice.index;
  });
}

describe("rr", () => {
  test.prop([servers, request, fc.integer({ min: 1, max: 5 })])(
    "gives every available server the same share",
    (list, one, rounds) => {
      const available = list.filter(isAvailable).length;
      const picks = choices(schedulers.rr!, stateOf(schedulers.rr!, list), list, Array(available * rounds).fill(one));
      for (const [index, { weight, overloaded }] of list.entries()) {
        const share = picks.filter((pick) => pick === index).length;
        expect(share).toBe(weight > 0 && !overloaded ? rounds : 0);
      }
    },
  );

  test.prop([servers, request])("a change of weights leaves it where it is", (list, one) => {
    const { state } = schedulers.rr!.choose(stateOf(schedulers.rr!, list), list, one);
    expect(schedulers.rr!.changed(state, list)).toEqual(state);
  });
});

describe("wrr", () => {
  test.prop([servers, request, fc.integer({ min: 1, max: 3 })])(
    "gives shares by weight in every period",
    (list, one, periods) => {
      const steady = list.map((values) => ({ ...values, overloaded: false }));
      const weights = steady.map(({ weight }) => weight);
      const divisor = weights.reduce((a, b) => gcd(a, b), 0);
      const period = divisor === 0 ? 0 : weights.reduce((a, b) => a + b, 0) / divisor;
      const state = schedulers.wrr!.start(steady, 0);
      const picks = choices(schedulers.wrr!, state, steady, Array(period * periods).fill(one));
      for (const [index, weight] of weights.entries()) {
        expect(picks.filter((pick) => pick === index).length).toBe(divisor === 0 ? 0 : (weight / divisor) * periods);
      }
    },
  );

  test.prop([servers])("measures the same, server by server or all at once", (list) => {
    const [one, all] = [stateOf(schedulers.wrr!, list), schedulers.wrr!.start(list, 0)] as WeightedRoundRobinState[];
    expect([one!.maximumWeight, one!.interval]).toEqual([all!.maximumWeight, all!.interval]);
  });

  function gcd(a: number, b: number): number {
    return b === 0 ? a : gcd(b, a % b);
  }
});

describe("lc, wlc, sed, nq, fo, ovf", () => {
  test.prop([servers, request, fc.array(fc.nat(), { minLength: 8, maxLength: 8 })])(
    "do not look at the order of the list where no two servers are alike",
    (list, one, order) => {
      const apart = list.map((values, i) => ({
        ...values,
        activeConnections: 3 ** i,
        inactiveConnections: 0,
        weight: 5 ** i,
      }));
      const moved = apart.toSorted((a, b) => order[a.id]! - order[b.id]! || a.id - b.id);
      for (const name of ["lc", "wlc", "sed", "fo", "ovf"]) {
        const [here, there] = [apart, moved].map((some) => some[schedulers[name]!.choose(null, some, one).index]?.id);
        expect(there).toBe(here);
      }
    },
  );

  test.prop([servers, request])("wlc is lc where all weights are 1", (list, one) => {
    const even = list.map((values) => ({ ...values, weight: 1 }));
    const [lc, wlc] = [schedulers.lc!, schedulers.wlc!].map((scheduler) => scheduler.choose(null, even, one).index);
    expect(wlc).toBe(lc);
  });

  test.prop([servers, request])("fo takes a server of the largest weight", (list, one) => {
    const { index } = schedulers.fo!.choose(null, list, one);
    const largest = Math.max(0, ...list.filter(isAvailable).map(({ weight }) => weight));
    expect(index < 0 ? 0 : list[index]!.weight).toBe(largest);
  });
});

describe("sh, dh, mh", () => {
  test.prop([servers, request, fc.nat({ max: 65535 })])("the source port counts only when asked", (list, one, port) => {
    for (const scheduler of [schedulers.sh!, schedulers.mh!]) {
      const state = stateOf(scheduler, list);
      const indexes = [one.sourcePort, port].map(
        (sourcePort) => scheduler.choose(state, list, { ...one, usePort: false, sourcePort }).index,
      );
      expect(indexes[0]).toBe(indexes[1]);
    }
  });

  test.prop([servers, request])("mh and sh find somebody where everybody takes connections", (list, one) => {
    fc.pre(list.length > 0);
    const willing = list.map((values) => ({ ...values, weight: values.weight + 1, lastWeight: 1, overloaded: false }));
    for (const scheduler of [schedulers.sh!, schedulers.mh!]) {
      const state = stateOf(scheduler, willing);
      expect(scheduler.choose(state, willing, one).index).toBeGreaterThanOrEqual(0);
    }
  });
});
