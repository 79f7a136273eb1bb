import { fc, test } from "@fast-check/vitest";
import { InvariantError, UnsupportedError } from "@kubenetsim/core/runtime/errors";
import { expect } from "vitest";
import { Branches } from "./branches.ts";
import { type Ratio, ratio, ratioText, sum } from "./ratio.ts";

const none: Ratio = { numerator: 0n, denominator: 1n };

/** Walks every way; what each one finds, with its chance. */
function walkAll(walk: (branches: Branches) => string): Map<string, Ratio> {
  const branches = new Branches();
  const found = new Map<string, Ratio>();
  do {
    branches.begin();
    const end = walk(branches);
    found.set(end, sum(found.get(end) ?? none, branches.chance()));
  } while (branches.next());
  return found;
}

interface Question {
  readonly part: number;
  readonly whole: number;
}

const question: fc.Arbitrary<Question> = fc
  .integer({ min: 1, max: 9 })
  .chain((whole) => fc.record({ part: fc.integer({ min: 0, max: whole }), whole: fc.constant(whole) }));

test.prop([fc.array(question, { maxLength: 6 }), fc.integer({ min: 1, max: 5 })])(
  "chances add up to 1",
  (questions, bound) => {
    // A no asks the next question, a yes ends with a choice.
    const found = walkAll((branches) => {
      const yes = questions.findIndex(({ part, whole }) => branches.happens(part, whole));
      return yes < 0 ? "none" : `${yes} ${branches.below(bound)}`;
    });
    expect(ratioText([...found.values()].reduce(sum, none))).toBe("1");
    let left = ratio(1n, 1n);
    for (const [i, { part, whole }] of questions.entries()) {
      const share = ratio(left.numerator * BigInt(part), left.denominator * BigInt(whole) * BigInt(bound));
      if (share.numerator > 0n) expect(found.get(`${i} 0`)).toEqual(share);
      left = ratio(left.numerator * BigInt(whole - part), left.denominator * BigInt(whole));
    }
  },
);

test("what is certain is no fork", () => {
  expect(walkAll((branches) => `${branches.happens(0, 5)} ${branches.happens(5, 5)} ${branches.below(1)}`).size).toBe(
    1,
  );
});

test("a walk that asks otherwise when it is done again is a bug", () => {
  let whole = 2;
  expect(() => walkAll((branches) => String(branches.happens(1, whole++)))).toThrow(InvariantError);
});

test("there is an end to the ways", () => {
  expect(() => walkAll((branches) => String(branches.below(2 ** 20)))).toThrow(UnsupportedError);
});
