import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { SortedMap } from "./sorted-map.ts";

const entries = <V>(map: SortedMap<V>): (readonly [string, V])[] =>
  map.leaves.flatMap(({ keys, values }) => keys.map((key, i) => [key, values[i]!] as const));

const keyArbitrary = fc.nat({ max: 400 }).map((number) => `key-${number}`);
/** Some few changes, and many at once. */
const stepArbitrary = fc.array(fc.tuple(keyArbitrary, fc.option(fc.object(), { nil: undefined })), { maxLength: 100 });

describe("SortedMap", () => {
  test.prop([fc.array(stepArbitrary, { maxLength: 12 })])("is a Map in the order of its keys", (steps) => {
    const plain = new Map<string, unknown>();
    let map = SortedMap.empty as SortedMap<unknown>;
    for (const step of steps) {
      const before = entries(map);
      const next = map.with(new Map(step));
      expect(entries(map)).toEqual(before);
      for (const [key, value] of new Map(step)) {
        if (value === undefined) plain.delete(key);
        else plain.set(key, value);
      }
      const expected = [...plain].sort(([a], [b]) => (a < b ? -1 : 1));
      expect(entries(next)).toEqual(expected);
      expect(next.size).toBe(plain.size);
      expect(next.values()).toEqual(expected.map(([, value]) => value));
      for (const [key] of step) expect(next.get(key)).toBe(plain.get(key));
      map = next;
    }
  });

  test.prop([stepArbitrary, fc.array(stepArbitrary, { maxLength: 4 })])(
    "tells in what two versions differ",
    (first, steps) => {
      const before = (SortedMap.empty as SortedMap<unknown>).with(new Map(first));
      const after = steps.reduce((map, step) => map.with(new Map(step)), before);
      const keys = [...new Set([...entries(before), ...entries(after)].map(([key]) => key))].sort();
      const expected = keys
        .map((key) => ({ key, before: before.get(key), after: after.get(key) }))
        .filter((one) => one.before !== one.after);
      expect(SortedMap.differences(before, after)).toEqual(expected);
    },
  );

  it("shares with the version before it all leaves but one", () => {
    const before = SortedMap.from(Array.from({ length: 5000 }, (_, i) => [String(i).padStart(4, "0"), i] as const));
    const after = before.with(new Map([["2500", -1]]));
    expect(after.leaves.filter((leaf) => !before.leaves.includes(leaf))).toHaveLength(1);
    expect(SortedMap.differences(before, after)).toEqual([{ key: "2500", before: 2500, after: -1 }]);
  });
});
