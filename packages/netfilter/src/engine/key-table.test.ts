import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";
import { KeyTable } from "./key-table.ts";

const change = fc.record({
  what: fc.constantFrom("add", "add", "remove"),
  key: fc.nat(40),
  value: fc.nat(1000),
});

test.prop([fc.integer({ min: 1, max: 4 }), fc.array(change, { maxLength: 200 })])(
  "a table of keys that come and go is a map",
  (width, changes) => {
    const table = new KeyTable(width);
    const map = new Map<number, number>();
    const keyOf = (key: number): number[] => Array.from({ length: width }, (_, i) => (i === width - 1 ? key : 7));
    for (const { what, key, value } of changes) {
      if (what === "add") {
        expect(table.add(keyOf(key), value)).toBe(map.get(key) ?? -1);
        if (!map.has(key)) map.set(key, value);
      } else {
        expect(table.remove(keyOf(key))).toBe(map.get(key) ?? -1);
        map.delete(key);
      }
      expect(table.size).toBe(map.size);
    }
    const copy = table.fork();
    for (let key = 0; key <= 40; key++) {
      expect(table.find(keyOf(key))).toBe(map.get(key) ?? -1);
      copy.remove(keyOf(key));
    }
    expect([copy.size, table.size]).toEqual([0, map.size]);
  },
);
