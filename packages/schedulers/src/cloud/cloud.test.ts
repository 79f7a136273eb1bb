import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { md5Words } from "../md5.ts";
import { requestFrom, serversOf } from "../servers.ts";
import { disturbance } from "../study/disturbance.ts";
import { fiveTuple } from "./five-tuple.ts";
import { maglev, maglevWith } from "./maglev.ts";
import { cloudSchedulers } from "./table.ts";

const names = fc
  .uniqueArray(fc.nat({ max: 200 }), { minLength: 1, maxLength: 20 })
  .map((hosts) => hosts.map((host) => `10.244.1.${host}:8080`));
const primes = fc.constantFrom(3, 7, 31, 251, 1009);

describe("maglev", () => {
  test.prop([names, primes])("fills its table as the paper's pseudocode 1 does", (list, size) => {
    const servers = serversOf(maglev, list);
    const sorted = [...list].sort();
    const table = pseudocode1(sorted, size).map((turn) => list.indexOf(sorted[turn]!));
    expect(maglevWith(size).start(servers, 0).table).toEqual(table);
  });

  test.prop([names, primes])("gives everybody as many places as the next, or one more", (list, size) => {
    const { table } = maglevWith(size).start(serversOf(maglev, list), 0);
    const counts = list.map((_, index) => table.filter((owner) => owner === index).length);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
  });

  test.prop([names])("has the same owners whatever the order of the list", (list) => {
    const scheduler = maglevWith(251);
    const [forth, back] = [list, list.toReversed()];
    const owners = (of: readonly string[]) => scheduler.start(serversOf(scheduler, of), 0).table.map((at) => of[at]);
    expect(owners(back)).toEqual(owners(forth));
  });

  it.each([2, 5, 10, 50])("moves few others when one of %d leaves, and brings all back with it", (count) => {
    const list = Array.from({ length: count }, (_, i) => `10.244.${i}.2:8080`);
    const { had, moved, elsewhere } = disturbance(maglev, serversOf(maglev, list), 1);
    const share = (part: typeof had): number => Number(part.numerator) / Number(part.denominator);
    expect(Math.abs(share(had) - 1 / count)).toBeLessThan(0.02);
    expect(share(moved)).toBeLessThan(0.02);
    expect(share(elsewhere)).toBe(0);
  });

  it.each([0, 1, 2, 4, 9, 65536, 251.5, Number.NaN])("has no table of %d places", (size) => {
    expect(() => maglevWith(size)).toThrow(RangeError);
  });
});

describe("five-tuple", () => {
  it("tells flows of one client apart, and keeps each where it is", () => {
    const servers = serversOf(fiveTuple, ["10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80"]);
    const state = fiveTuple.start(servers, 0);
    const pick = (port: number): number => fiveTuple.choose(state, servers, requestFrom(`10.1.0.1:${port}`)).index;
    const picks = Array.from({ length: 300 }, (_, i) => pick(30_000 + i));
    expect(new Set(picks).size).toBe(3);
    expect(Array.from({ length: 300 }, (_, i) => pick(30_000 + i))).toEqual(picks);
  });

  it("moves most clients when a target leaves", () => {
    const ten = Array.from({ length: 10 }, (_, i) => `10.244.${i}.2:8080`);
    const { moved } = disturbance(fiveTuple, serversOf(fiveTuple, ten), 4);
    expect(Number(moved.numerator) / Number(moved.denominator)).toBeCloseTo(0.8, 1);
  });
});

describe.each(Object.entries(cloudSchedulers))("%s", (name, scheduler) => {
  it("is called by its name", () => {
    expect(scheduler.name).toBe(name);
  });

  test.prop([names], { numRuns: 20 })("tells odds that add up", (list) => {
    const servers = serversOf(scheduler, list);
    const odds = scheduler.odds!(scheduler.start(servers, 0), servers);
    expect(odds.parts.reduce((sum, part) => sum + part, 0n)).toBe(odds.whole);
  });

  it("has nobody where all servers have weight 0", () => {
    const servers = serversOf(scheduler, [{ address: "10.0.0.1:80", weight: 0 }]);
    expect(scheduler.choose(scheduler.start(servers, 0), servers, requestFrom("10.1.0.1:1024")).index).toBe(-1);
  });
});

/** As the paper writes it, with whole preference lists. */
function pseudocode1(names: readonly string[], size: number): number[] {
  const permutation = names.map((name) => {
    const [first, second] = md5Words(name);
    return Array.from({ length: size }, (_, j) => ((first! % size) + j * ((second! % (size - 1)) + 1)) % size);
  });
  const next = names.map(() => 0);
  const entry = new Array<number>(size).fill(-1);
  let n = 0;
  while (true) {
    for (const i of names.keys()) {
      let c = permutation[i]![next[i]!]!;
      while (entry[c]! >= 0) c = permutation[i]![++next[i]!]!;
      entry[c] = i;
      next[i]!++;
      if (++n === size) return entry;
    }
  }
}
