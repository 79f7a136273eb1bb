import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { isAvailable } from "./ipvs/availability.ts";
import { ipvsSchedulers } from "./ipvs/table.ts";
import type { Request, Scheduler, Server } from "./scheduler.ts";
import { schedulers } from "./schedulers.ts";
import { seededStream } from "./seeded-stream.ts";

/** What all schedulers of the table have in common. */

const word = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const load = fc.nat({ max: 20 });
const server: fc.Arbitrary<Server> = fc
  .record({
    address: fc.tuple(word),
    port: fc.integer({ min: 1, max: 65535 }),
    weight: fc.oneof({ weight: 5, arbitrary: fc.nat({ max: 9 }) }, { weight: 1, arbitrary: fc.constant(2 ** 31 - 1) }),
    lastWeight: fc.nat({ max: 9 }),
    activeConnections: load,
    inactiveConnections: load,
    overloaded: fc.boolean(),
  })
  .map((values) => ({ id: 0, ...values }));
const anyServers = fc.array(server, { maxLength: 8 }).map((list) => list.map((values, id) => ({ ...values, id })));
/** Thresholds are IPVS's; and hash rings have 160 points for each 1 of a weight. */
const plainServers = anyServers.map((list) =>
  list.map((values) => ({ ...values, weight: Math.min(values.weight, 9), overloaded: false })),
);

/** A request as data: its chance is a seed, so that the same one can be made twice. */
const recipe = fc.record({
  sourceAddress: fc.tuple(word),
  sourcePort: fc.nat({ max: 65535 }),
  destinationAddress: fc.tuple(word),
  destinationPort: fc.nat({ max: 65535 }),
  protocol: fc.constantFrom(6, 17),
  nowMs: fc.constant(0),
  fallback: fc.boolean(),
  usePort: fc.boolean(),
  key: fc.string({ maxLength: 12 }),
  seed: fc.nat(),
});
type Recipe = typeof recipe extends fc.Arbitrary<infer T> ? T : never;
const recipes = fc.array(recipe, { minLength: 1, maxLength: 12 });

function requestOf({ seed, ...values }: Recipe): Request {
  return { ...values, random: seededStream(seed) };
}

/** Where this scheduler's program puts a new server. */
function placeOfNew(scheduler: Scheduler<unknown>, count: number): number {
  return Object.hasOwn(ipvsSchedulers, scheduler.name) ? 0 : count;
}

/** As the program would have come to this list: one server after the other. */
function stateOf(scheduler: Scheduler<unknown>, list: readonly Server[]): unknown {
  let state = scheduler.start([], 0);
  for (let count = 1; count <= list.length; count++) {
    const atHead = placeOfNew(scheduler, count - 1) === 0;
    state = scheduler.added(state, atHead ? list.slice(-count) : list.slice(0, count), atHead ? 0 : count - 1);
  }
  return state;
}

function choices(scheduler: Scheduler<unknown>, from: unknown, list: readonly Server[], many: readonly Recipe[]) {
  let state = from;
  return many.map((one) => {
    const choice = scheduler.choose(state, list, requestOf(one));
    state = choice.state;
    return choice.index;
  });
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) deepFreeze(part);
  }
  return value;
}

describe.for(Object.entries(schedulers))("%s", ([name, scheduler]) => {
  const servers = Object.hasOwn(ipvsSchedulers, name) ? anyServers : plainServers;

  test("is called by its name", () => {
    expect(scheduler.name).toBe(name);
  });

  test.prop([servers, recipes])("chooses only servers that take connections", (list, many) => {
    // lblc stays with a server that it knows, thresholds or not; each request here is for an address of its own.
    const apart = many.map((one, i) => ({ ...one, destinationAddress: [i] as [number] }));
    for (const index of choices(scheduler, stateOf(scheduler, list), list, apart)) {
      if (index >= 0) expect(isAvailable(list[index]!)).toBe(true);
      else expect(index).toBe(-1);
    }
  });

  test.prop([servers, recipes])("is pure: what goes in stays as it is, the same comes out again", (list, many) => {
    const state = deepFreeze(stateOf(scheduler, deepFreeze(list)));
    expect(choices(scheduler, state, list, many)).toEqual(choices(scheduler, state, list, many));
  });

  test.prop([servers, recipes, recipes], { numRuns: 30 })(
    "goes on from a state that was JSON",
    (list, before, after) => {
      let state = stateOf(scheduler, list);
      for (const one of before) state = scheduler.choose(state, list, requestOf(one)).state;
      const copy = JSON.parse(JSON.stringify(state)) as unknown;
      expect(copy).toEqual(state);
      expect(choices(scheduler, copy, list, after)).toEqual(choices(scheduler, state, list, after));
    },
  );

  test.prop([servers, recipe])("has nobody to choose where there is none, or none with a weight", (list, one) => {
    const quiesced = list.map((values) => ({ ...values, weight: 0 }));
    for (const nobody of [[], quiesced]) {
      expect(scheduler.choose(stateOf(scheduler, nobody), nobody, requestOf(one)).index).toBe(-1);
      expect(scheduler.choose(scheduler.start(nobody, 0), nobody, requestOf(one)).index).toBe(-1);
    }
  });
});
