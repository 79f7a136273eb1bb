import { virtualClock } from "@kubenetsim/core/runtime/clock";
import { expect, test } from "vitest";
import { Conntrack, defaultTimeouts } from "./conntrack.ts";

test("a fork gives its next connection the entry that the original gives its own, also after a packet that came to nothing", () => {
  const original = new Conntrack(false, virtualClock(), defaultTimeouts);
  const { tupleLength } = original.table;
  const tuples = Int32Array.from({ length: 2 * tupleLength }, (_, i) => i + 1);
  const [there, back] = [tuples.subarray(0, tupleLength), tuples.subarray(tupleLength)];
  expect(original.isNew(there, 1)).toBe(true);
  const fork = original.fork(virtualClock());
  expect(fork.open(tuples, 1, 2, 0)).toBe(original.open(tuples, 1, 2, 0));
  expect([fork.isFree(there, 1), fork.isFree(back, 2)]).toEqual([original.isFree(there, 1), original.isFree(back, 2)]);
});
