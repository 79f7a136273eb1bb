import { fc, test } from "@fast-check/vitest";
import { type Cidr, cidrContains, maskWords } from "@kubenetsim/core/net/cidr";
import { expect } from "vitest";
import { PrefixTable } from "./prefix-table.ts";

// Words from a small set, so that ranges hold each other and addresses.
const word = fc.constantFrom(0, 1, -1, 0x0a000000, 0x0a000001, 0x0a0a0000, 0x7fffffff, -0x80000000);
const address = fc.oneof(fc.tuple(word), fc.tuple(word, word, word, word)).map((words) => words as readonly number[]);
const range: fc.Arbitrary<Cidr> = address.chain((words) =>
  fc.integer({ min: 0, max: words.length * 32 }).map((prefix) => ({ words: maskWords(words, prefix), prefix })),
);

test.prop([fc.array(range, { maxLength: 20 }), address])(
  "finds the longest range that holds an address",
  (ranges, words) => {
    const table = new PrefixTable();
    for (const [i, added] of ranges.entries()) table.add(added, i);
    let best = -1;
    for (const [i, added] of ranges.entries()) {
      if (cidrContains(added, words) && (best < 0 || added.prefix > ranges[best]!.prefix)) best = i;
    }
    const [a, b = 0, c = 0, d = 0] = words as [number, number?, number?, number?];
    expect(table.find(words.length === 4, a, b, c, d)).toBe(best);
  },
);
