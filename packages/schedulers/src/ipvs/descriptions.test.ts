import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import type { Request, Server } from "../scheduler.ts";
import type { HashTableState } from "./hash-table.ts";
import { hsiphashWord } from "./hsiphash.ts";
import { ipvsSchedulers as schedulers } from "./table.ts";

/** Each scheduler beside its description, put down anew and as plainly as can be. */

const word = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const weight = fc.oneof({ weight: 4, arbitrary: fc.nat({ max: 6 }) }, { weight: 1, arbitrary: fc.nat({ max: 3000 }) });
const server: fc.Arbitrary<Server> = fc
  .record({
    address: fc.oneof(fc.tuple(word), fc.tuple(word, word, word, word)),
    port: fc.nat({ max: 65_535 }),
    weight,
    lastWeight: weight,
    activeConnections: fc.nat({ max: 7 }),
    inactiveConnections: fc.oneof(fc.nat({ max: 5 }), fc.nat({ max: 600 })),
    overloaded: fc.boolean(),
  })
  .map(({ lastWeight, ...values }) => ({ id: 0, ...values, lastWeight: values.weight || lastWeight }));
const servers = fc.array(server, { maxLength: 7 }).map((list) => list.map((values, id) => ({ ...values, id })));
const request: fc.Arbitrary<Request> = fc.record({
  sourceAddress: fc.oneof(fc.tuple(word), fc.tuple(word, word, word, word)),
  sourcePort: fc.nat({ max: 65_535 }),
  destinationAddress: fc.oneof(fc.tuple(word), fc.tuple(word, word, word, word)),
  nowMs: fc.constant(0),
  fallback: fc.boolean(),
  usePort: fc.boolean(),
});

function pickOf(name: string, list: readonly Server[], one: Request): number {
  return schedulers[name]!.choose(schedulers[name]!.start(list, 0), list, one).index;
}

function takes({ weight: given, overloaded }: Server): boolean {
  return given > 0 && !overloaded;
}

/** Of those that are wanted, the first with the least value: a numerator and a denominator. */
function leastOf(
  list: readonly Server[],
  wanted: (server: Server) => boolean,
  ratioOf: (server: Server) => readonly [number, number],
): number {
  const candidates = list.filter(wanted);
  const [least] = candidates.toSorted((a, b) => {
    const [[p, q], [r, s]] = [ratioOf(a), ratioOf(b)];
    return Number(BigInt(p) * BigInt(s) - BigInt(r) * BigInt(q));
  });
  return least === undefined ? -1 : list.indexOf(least);
}

const overhead = (one: Server): number => 256 * one.activeConnections + one.inactiveConnections;
const bySed = (list: readonly Server[]): number =>
  leastOf(list, takes, (one) => [one.activeConnections + 1, one.weight]);

/** Those that look at the load alone. */
const byLoad: Readonly<Record<string, (list: readonly Server[]) => number>> = {
  lc: (list) => leastOf(list, takes, (one) => [overhead(one), 1]),
  wlc: (list) => leastOf(list, takes, (one) => [overhead(one), one.weight]),
  sed: bySed,
  nq(list) {
    const idle = list.findIndex((one) => takes(one) && one.activeConnections === 0);
    return idle >= 0 ? idle : bySed(list);
  },
  fo: (list) => leastOf(list, takes, (one) => [-one.weight, 1]),
  ovf: (list) =>
    leastOf(
      list,
      (one) => takes(one) && one.activeConnections <= one.weight,
      (one) => [-one.weight, 1],
    ),
};

describe.for(Object.entries(byLoad))("%s", ([name, describedPick]) => {
  test.prop([servers, request], { numRuns: 500 })("picks whom its description picks", (list, one) => {
    expect(pickOf(name, list, one)).toBe(describedPick(list));
  });
});

function fold(words: readonly number[]): bigint {
  return BigInt.asUintN(32, BigInt(words.reduce((all, one) => all ^ one, 0)));
}

/** The top byte of the product with the golden ratio of 2^32, as the kernel has it. */
function byteOf(key: bigint): number {
  return Number(BigInt.asUintN(32, key * 0x61c88647n) >> 24n);
}

function keyOf({ sourceAddress, sourcePort, usePort }: Request): bigint {
  return fold(sourceAddress) + (usePort ? BigInt(sourcePort) : 0n);
}

/** Round the list until 256 are dealt, to each as many in a row as its weight; one of weight 0 gets one. */
function shBuckets(list: readonly Server[]): number[] {
  const buckets: number[] = [];
  while (list.length > 0 && buckets.length < 256) {
    for (const [index, { weight: given }] of list.entries()) {
      for (let i = 0; i < Math.max(1, given) && buckets.length < 256; i++) buckets.push(index);
    }
  }
  return buckets;
}

/** The first of these servers that takes connections. */
function firstTaking(list: readonly Server[], indexes: Iterable<number>): number {
  for (const index of indexes) if (takes(list[index]!)) return index;
  return -1;
}

describe("sh and dh", () => {
  test.prop([servers, request], { numRuns: 500 })(
    "sh: the source's bucket; with fallback those from twice its number on",
    (list, one) => {
      const buckets = shBuckets(list);
      const hash = byteOf(keyOf(one));
      const further = buckets.map((_, step) => buckets[(2 * hash + step) % 256]!);
      const tried = buckets.length === 0 ? [] : [buckets[hash]!, ...(one.fallback ? further : [])];
      expect(pickOf("sh", list, one)).toBe(firstTaking(list, tried));
    },
  );

  test.prop([servers, request])(
    "sh with fallback finds somebody if anybody with a bucket takes connections",
    (list, one) => {
      const somebody = shBuckets(list).some((index) => takes(list[index]!));
      expect(pickOf("sh", list, { ...one, fallback: true }) >= 0).toBe(somebody);
    },
  );

  test.prop([servers])("sh's buckets are shared by weight: each has its weight in every round", (list) => {
    const total = list.reduce((sum, one) => sum + Math.max(1, one.weight), 0);
    const { buckets } = stateOf("sh", list);
    for (const [index, { weight: given }] of list.entries()) {
      const share = Math.max(1, given);
      const owned = buckets.filter((owner) => owner === index).length;
      expect(owned).toBeGreaterThanOrEqual(Math.floor(256 / total) * share);
      expect(owned).toBeLessThanOrEqual(Math.ceil(256 / total) * share);
    }
  });

  test.prop([servers, request])("dh: the destination's bucket, dealt in turns", (list, one) => {
    const bucket = byteOf(fold(one.destinationAddress));
    expect(pickOf("dh", list, one)).toBe(list.length === 0 ? -1 : firstTaking(list, [bucket % list.length]));
  });
});

const places = 4093;

/** How many places in a row each server claims in its turn: its last weight over their divisor, in six bits at most. */
function turnsOf(list: readonly Server[]): number[] {
  let unit = Math.max(1, ...list.map((one) => one.lastWeight));
  while (list.some((one) => one.lastWeight % unit !== 0)) unit--;
  let scaled = list.map((one) => one.lastWeight / unit);
  while (scaled.some((one) => one >= 64)) scaled = scaled.map((one) => Math.floor(one / 2));
  return scaled.map((one, index) => (list[index]!.lastWeight === 0 ? 0 : Math.max(1, one)));
}

/** Maglev as its paper has it: whole permutations, and the servers take turns at them. */
function mhPlaces(list: readonly Server[]): number[] {
  const turns = turnsOf(list);
  const orders = list.map(({ address, port }) => {
    const key = Number(BigInt.asIntN(32, fold(address) + BigInt(port)));
    const offset = hsiphashWord(key, 2654435761) % places;
    const skip = (hsiphashWord(key, 2654446892) % (places - 1)) + 1;
    return Array.from({ length: places }, (_, j) => (offset + j * skip) % places)[Symbol.iterator]();
  });
  const owners = new Map<number, number>();
  if (turns.every((turn) => turn === 0)) return [];
  while (owners.size < places) {
    for (const [index, order] of orders.entries()) {
      for (let turn = 0; turn < turns[index]! && owners.size < places; turn++) {
        let place = order.next().value!;
        while (owners.has(place)) place = order.next().value!;
        owners.set(place, index);
      }
    }
  }
  return Array.from({ length: places }, (_, place) => owners.get(place)!);
}

function stateOf(name: string, list: readonly Server[]): { readonly buckets: readonly number[] } {
  const one = { sourceAddress: [1], destinationAddress: [1], sourcePort: 1, nowMs: 0, fallback: false, usePort: false };
  const { state } = schedulers[name]!.choose(schedulers[name]!.start(list, 0), list, one);
  return { buckets: (state as HashTableState).buckets! };
}

describe("mh", () => {
  test.prop([servers])("fills its table as the paper of Maglev does", (list) => {
    expect(stateOf("mh", list).buckets).toEqual(mhPlaces(list));
  });

  test.prop([servers])("has its places shared by weight: each its turns in every round", (list) => {
    const turns = turnsOf(list);
    const total = turns.reduce((sum, turn) => sum + turn, 0);
    const { buckets } = stateOf("mh", list);
    for (const [index, turn] of turns.entries()) {
      const owned = buckets.filter((owner) => owner === index).length;
      expect(owned).toBeGreaterThanOrEqual(total === 0 ? 0 : Math.floor(places / total) * turn);
      expect(owned).toBeLessThanOrEqual(total === 0 ? 0 : Math.ceil(places / total) * turn);
    }
  });

  test("halves weights until they have six bits: 1000 and 1 are 62 and 1", () => {
    const [heavy, light] = [1000, 1].map((given, id) => ({
      ...{ id, address: [id + 1], port: 80, weight: given, lastWeight: given },
      ...{ activeConnections: 0, inactiveConnections: 0, overloaded: false },
    }));
    // 64 rounds of 63 places, and 61 more for the first.
    const { buckets } = stateOf("mh", [heavy!, light!]);
    expect([0, 1].map((index) => buckets.filter((owner) => owner === index).length)).toEqual([4029, 64]);
  });

  test.prop([servers, request], { numRuns: 300 })(
    "picks the owner of the source's place, with fallback of 4093 more",
    (list, one) => {
      const table = mhPlaces(list);
      const key = Number(BigInt.asIntN(32, keyOf(one)));
      const placeAt = (offset: number): number => hsiphashWord((key + offset) | 0, 2654435761) % places;
      const first = placeAt(0);
      const further = one.fallback ? table.map((_, step) => table[placeAt((first + step) % places)]!) : [];
      expect(pickOf("mh", list, one)).toBe(table.length === 0 ? -1 : firstTaking(list, [table[first]!, ...further]));
    },
  );
});
