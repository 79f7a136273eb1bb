import * as fc from "fast-check";
import { expect, test } from "vitest";
import { LabelIndex } from "./label-index.ts";

const labels = fc.dictionary(fc.constantFrom("app", "tier"), fc.constantFrom("a", "b"));
const step = fc.record({
  object: fc.integer({ min: 0, max: 9 }),
  labels: fc.option(labels, { nil: undefined }),
  asked: labels,
});

test("finds the objects that have all pairs, whatever came and went", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const index = new LabelIndex();
      const there = new Map<string, Readonly<Record<string, string>>>();
      for (const { object, labels: wanted, asked } of steps) {
        const key = `default/${object}`;
        const before = there.get(key);
        if (before !== undefined) index.remove("default", key, before);
        there.delete(key);
        if (wanted !== undefined) {
          index.add("default", key, wanted);
          there.set(key, wanted);
        }
        const pairs = Object.entries(asked);
        const has = (own: Readonly<Record<string, string>>) => pairs.every(([label, value]) => own[label] === value);
        const found = pairs.length === 0 ? [] : [...there].filter(([, own]) => has(own)).map(([name]) => name);
        expect(index.matching("default", asked)).toEqual(found.sort());
        for (const [label, value] of pairs) {
          const holders = [...there.values()].filter((own) => own[label] === value);
          expect(index.count("default", label, value)).toBe(holders.length);
        }
      }
    }),
  );
});
