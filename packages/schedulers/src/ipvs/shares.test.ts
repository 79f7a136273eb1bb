import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";
import type { Scheduler, Server } from "../scheduler.ts";
import { requestFrom, serversOf } from "../servers.ts";
import { greatestCommonDivisor } from "./gcd.ts";
import type { HashTableState } from "./hash-table.ts";
import { mh } from "./mh.ts";
import { sed } from "./sed.ts";
import { sh } from "./sh.ts";
import { wlc } from "./wlc.ts";

/** How near to the weights those come that docs/schedulers promises no exact share of. */

const weights = fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 1, maxLength: 12 });
const request = requestFrom("10.1.0.1:40000");

function weighted(list: readonly number[]): Server[] {
  return serversOf(
    wlc,
    list.map((weight, i) => ({ address: `10.244.${i}.2:8080`, weight })),
  );
}

/** After each of so many connections that never end: how many every server has. */
function* opened(scheduler: Scheduler<null>, list: readonly number[], count: number): Generator<readonly Server[]> {
  let servers = weighted(list);
  for (let open = 0; open < count; open++) {
    const { index } = scheduler.choose(null, servers, request);
    const server = servers[index]!;
    servers = servers.with(index, { ...server, activeConnections: server.activeConnections + 1 });
    yield servers;
  }
}

function sum(list: readonly number[]): number {
  return list.reduce((total, number) => total + number, 0);
}

test.prop([weights, fc.integer({ min: 1, max: 300 })])(
  "wlc gives nobody more than its share by weight, rounded up, while none ends",
  (list, count) => {
    let open = 0;
    for (const servers of opened(wlc, list, count)) {
      open++;
      for (const { activeConnections, weight } of servers) {
        expect(activeConnections).toBeLessThanOrEqual(Math.ceil((open * weight) / sum(list)));
      }
    }
  },
);

test.prop([weights, fc.integer({ min: 1, max: 300 })])(
  "sed gives nobody less than its share by weight, rounded down, while none ends",
  (list, count) => {
    let open = 0;
    for (const servers of opened(sed, list, count)) {
      open++;
      for (const { activeConnections, weight } of servers) {
        expect(activeConnections).toBeGreaterThanOrEqual(Math.floor((open * weight) / sum(list)));
      }
    }
  },
);

test.prop([fc.constantFrom(wlc, sed), fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 8 })])(
  "wlc and sed come to the weights, exactly, with as many connections as their sum over their divisor",
  (scheduler, list) => {
    const divisor = list.reduce(greatestCommonDivisor, 0);
    const last = [...opened(scheduler, list, sum(list) / divisor)].at(-1)!;
    for (const { activeConnections, weight } of last) expect(activeConnections).toBe(weight / divisor);
  },
);

/** How far a server's connections come to be from its share, at most. */
function farthest(scheduler: Scheduler<null>, list: readonly number[]): number {
  let open = 0;
  let most = 0;
  for (const servers of opened(scheduler, list, sum(list))) {
    open++;
    for (const { activeConnections, weight } of servers) {
      most = Math.max(most, Math.abs(activeConnections - (open * weight) / sum(list)));
    }
  }
  return most;
}

test("wlc and sed may be off by more than one", () => {
  const heavy = [100, ...Array.from({ length: 100 }, () => 1)];
  // Behind all others in the list, it has none of the first 100 connections, and sed gives it nearly all of them.
  expect([farthest(wlc, heavy), farthest(sed, heavy)]).toEqual([50, 49.5]);
  expect(farthest(wlc, [7, 5, 3, 2])).toBeGreaterThan(1);
});

/** How many places of the table lead to each server. */
function placesOf(scheduler: Scheduler<HashTableState>, servers: readonly Server[]): number[] {
  const { state } = scheduler.choose(scheduler.start(servers, 0), servers, request);
  const counts = servers.map(() => 0);
  for (const index of state.buckets!) counts[index]!++;
  return counts;
}

test.prop([fc.array(fc.nat({ max: 120 }), { minLength: 1, maxLength: 12 })])(
  "sh deals 256 buckets in whole turns and begins one more: weight by weight, a server of weight 0 gets one a turn",
  (list) => {
    const servers = weighted(list);
    const turns = servers.map(({ weight }) => Math.max(1, weight));
    let left = 256 % sum(turns);
    const expected = turns.map((turn) => {
      const begun = Math.min(turn, left);
      left -= begun;
      return Math.floor(256 / sum(turns)) * turn + begun;
    });
    expect(placesOf(sh, servers)).toEqual(expected);
  },
);

test("sh leaves nothing for those behind when the weights are more than 256", () => {
  const list = [67, 33, 46, 56, 69, 56];
  expect(placesOf(sh, weighted(list)).toReversed()).toEqual([0, 29, 46, 56, 69, 56]);
});

test.prop([fc.array(fc.integer({ min: 1, max: 63 }), { minLength: 1, maxLength: 12 })])(
  "mh's places are the weights' shares of 4093, to within one turn",
  (list) => {
    const divisor = list.reduce(greatestCommonDivisor, 0);
    const servers = weighted(list);
    const turns = servers.map(({ weight }) => weight / divisor);
    const rounds = Math.floor(4093 / sum(turns));
    for (const [index, places] of placesOf(mh, servers).entries()) {
      expect(places).toBeGreaterThanOrEqual(rounds * turns[index]!);
      expect(places).toBeLessThanOrEqual((rounds + 1) * turns[index]!);
    }
  },
);
