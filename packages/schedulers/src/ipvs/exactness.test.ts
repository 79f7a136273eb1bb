import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import type { Server } from "../scheduler.ts";
import { isLargerProduct } from "./least-load.ts";
import { ipvsSchedulers as schedulers } from "./table.ts";
import type { WeightedRoundRobinState } from "./wrr.ts";

/** Where 32 and 64 bits of the kernel are more, or less, than a double's 53. */

const largest = 2 ** 31 - 1;
const request = {
  sourceAddress: [1],
  sourcePort: 1,
  destinationAddress: [1],
  nowMs: 0,
  fallback: false,
  usePort: false,
};

function server(id: number, values: Partial<Server> = {}): Server {
  const weight = values.weight ?? 1;
  const idle = { activeConnections: 0, inactiveConnections: 0, overloaded: false };
  return { id, address: [id], port: 80, weight, lastWeight: weight, ...idle, ...values };
}

describe("loads per weight", () => {
  const int = fc.oneof(
    fc.integer({ min: -(2 ** 31), max: largest }),
    fc.integer({ min: largest - 2000, max: largest }),
    fc.integer({ min: 0, max: 50 }),
  );

  test.prop([int, int, int, int, fc.integer({ min: -2, max: 2 })])("compare as 64-bit integers", (a, b, c, d, off) => {
    expect(isLargerProduct(a, b, c, d)).toBe(BigInt(a) * BigInt(b) > BigInt(c) * BigInt(d));
    const near = Math.max(-(2 ** 31), Math.min(largest, a + off));
    expect(isLargerProduct(a, b, b, near)).toBe(BigInt(a) * BigInt(b) > BigInt(b) * BigInt(near));
  });

  test("tell servers apart whose products are one as doubles", () => {
    const x = largest - 1;
    // x * x > (x - 1) * (x + 1), by one in 2^62.
    expect(x * x).toBe((x - 1) * (x + 1));
    const near = [
      server(0, { weight: x + 1, activeConnections: x - 1 }),
      server(1, { weight: x, activeConnections: x - 2 }),
    ];
    expect(schedulers.sed!.choose(null, near, request).index).toBe(1);
  });

  test("overflow where 256 times the active connections do not fit an int", () => {
    const list = [server(0, { activeConnections: 2 ** 23 }), server(1, { activeConnections: 1 })];
    // wlc sees a load of -2^31, lc one of 2^31.
    expect(schedulers.wlc!.choose(null, list, request).index).toBe(0);
    expect(schedulers.lc!.choose(null, list, request).index).toBe(1);
  });
});

describe("wrr", () => {
  const weights = fc.array(fc.oneof(fc.nat({ max: 12 }), fc.constantFrom(20, 30, 90)), { minLength: 1, maxLength: 7 });

  test.prop([weights, fc.nat({ max: 150 })])("chooses as its description by the gcd has it", (list, count) => {
    const servers = list.map((weight, id) => server(id, { weight }));
    let state = schedulers.wrr!.start(servers, 0);
    const describedOnes = described(list);
    for (let pick = 0; pick < count; pick++) {
      const choice = schedulers.wrr!.choose(state, servers, request);
      state = choice.state;
      expect(choice.index).toBe(describedOnes.next().value);
    }
  });

  test.prop([weights, fc.array(fc.tuple(fc.nat({ max: 6 }), fc.boolean(), fc.nat({ max: 40 })), { maxLength: 12 })])(
    "makes the choice of all passes, of which it walks those that can find somebody",
    (list, steps) => {
      let servers = list.map((weight, id) => server(id, { weight }));
      let [quick, slow] = [0, 1].map(() => schedulers.wrr!.start(servers, 0) as WeightedRoundRobinState);
      for (const [at, overloaded, weight] of steps) {
        const index = at % servers.length;
        servers = servers.with(index, { ...servers[index]!, overloaded, weight });
        [quick, slow] = [quick, slow].map((one) => schedulers.wrr!.changed(one, servers) as WeightedRoundRobinState);
        for (let pick = 0; pick < 4; pick++) {
          const choice = schedulers.wrr!.choose(quick, servers, request);
          const walked = walkAllPasses(slow!, servers);
          expect([choice.index, choice.examined]).toEqual([walked.index, walked.examined]);
          [quick, slow] = [choice.state as WeightedRoundRobinState, walked.state];
          expect(quick).toEqual(slow);
        }
      }
    },
  );

  test("with the largest weight overloaded, and with nobody, is done at once", () => {
    const servers = [server(0, { weight: largest, overloaded: true }), server(1), server(2, { overloaded: true })];
    let state = schedulers.wrr!.start(servers, 0);
    for (let pick = 0; pick < 3; pick++) {
      const choice = schedulers.wrr!.choose(state, servers, request);
      expect(choice.index).toBe(1);
      state = choice.state;
    }
    const nobody = servers.map((one) => ({ ...one, overloaded: true }));
    expect(schedulers.wrr!.choose(state, nobody, request).index).toBe(-1);
  });
});

/** "Weighted Round-Robin Scheduling" of the Linux Virtual Server project: S, W, i, cw as there. */
function* described(weights: readonly number[]): Generator<number, never> {
  const divisor = weights.reduce(gcd, 0);
  const most = Math.max(...weights);
  let i = -1;
  let cw = 0;
  while (true) {
    i = (i + 1) % weights.length;
    if (i === 0) {
      cw -= divisor;
      if (cw <= 0) cw = most;
    }
    if (most === 0) yield -1;
    else if (weights[i]! >= cw) yield i;
  }
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}

/** ip_vs_wrr_schedule, every pass of it. */
function walkAllPasses(state: WeightedRoundRobinState, servers: readonly Server[]) {
  const { maximumWeight, interval, position: last } = state;
  if (maximumWeight === 0) return { state, index: -1, examined: 0 };
  let [cw, index, examined, stop, lastPass, restarted] = [state.currentWeight, last, 0, -2, false, false];
  const result = (position: number, found: number) => ({
    state: { position, currentWeight: cw, maximumWeight, interval },
    index: found,
    examined,
  });
  while (true) {
    while (++index < servers.length) {
      examined++;
      if (!servers[index]!.overloaded && servers[index]!.weight >= cw) return result(index, index);
      if (index === stop) return result(index, -1);
    }
    index = -1;
    cw -= interval;
    if (cw <= 0) {
      cw = maximumWeight;
      if (lastPass || last === -1) return result(-1, -1);
      restarted = true;
    }
    lastPass = cw <= interval;
    if (lastPass && restarted && last !== -1) stop = last;
  }
}
