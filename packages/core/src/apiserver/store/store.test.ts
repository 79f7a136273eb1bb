import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";
import { KeyedVector } from "./keyed-vector.ts";

const step = fc.record({
  kind: fc.constantFrom("set", "set", "set", "delete", "setAll"),
  key: fc.integer({ min: 0, max: 60 }).map(String),
  value: fc.integer(),
  from: fc.nat({ max: 1000 }),
});

/** How many entries there are before: a leaf, or all leaves of a branch, are full soon. */
const start = fc.constantFrom(0, 0, 30, 1015);

test.prop([start, fc.array(step, { maxLength: 300 })])(
  "every version of a table stays what it was, also where lines branch",
  (count, steps) => {
    const pairs = Array.from({ length: count }, (_, i) => [`s${i}`, i] as const);
    const versions: { table: KeyedVector<number>; model: Map<string, number> }[] = [
      {
        table: pairs.reduce<KeyedVector<number>>((table, [key, value]) => table.set(key, value), KeyedVector.empty),
        model: new Map(pairs),
      },
    ];
    for (const { kind, key, value, from } of steps) {
      // Mostly the newest version, sometimes an older one.
      const base = versions[from < 900 ? versions.length - 1 : from % versions.length]!;
      const model = new Map(base.model);
      let table = base.table;
      if (kind === "set") {
        table = table.set(key, value);
        model.set(key, value);
      } else if (kind === "delete") {
        table = table.delete(key);
        model.delete(key);
      } else {
        table = table.setAll([
          [key, value],
          [`${key}'`, value],
        ]);
        model.set(key, value).set(`${key}'`, value);
      }
      versions.push({ table, model });
    }
    for (const { table, model } of versions) {
      expect(table.size).toBe(model.size);
      const values = table.values();
      expect([...table.keys().map((key, i) => [key, values[i]] as const)]).toEqual(table.entries());
      expect(new Map(table.entries())).toEqual(model);
      for (const key of model.keys()) if (table.get(key) !== model.get(key)) expect.unreachable(key);
      expect(table.get("absent")).toBeUndefined();
    }
  },
);

test.prop([fc.integer({ min: 0, max: 5000 }), fc.nat({ max: 4999 })])(
  "a table built at once is one built step by step",
  (count, probe) => {
    const pairs = Array.from({ length: count }, (_, i) => [`k${i}`, i] as const);
    const table = KeyedVector.from(pairs);
    expect(table.size).toBe(count);
    expect(table.values()).toEqual(pairs.map(([, value]) => value));
    expect(table.set(`k${probe}`, -1).get(`k${probe}`)).toBe(-1);
    expect(table.get(`k${probe}`)).toBe(probe < count ? probe : undefined);
  },
);
