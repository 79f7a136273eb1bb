import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";
import { ExpiryQueue } from "./expiry-queue.ts";

const entry = fc.record({ time: fc.nat({ max: 20 }), rank: fc.nat({ max: 1 }) });

test.prop([fc.array(entry)])("gives out the earliest first, of those with one time the lower rank", (entries) => {
  const queue = new ExpiryQueue();
  for (const [slot, { time, rank }] of entries.entries()) queue.push(time, rank, slot);
  const out: typeof entries = [];
  while (queue.nextMs !== Number.POSITIVE_INFINITY) {
    const time = queue.nextMs;
    const taken = entries[queue.pop()]!;
    expect(taken.time).toBe(time);
    out.push(taken);
  }
  expect(out).toEqual(entries.toSorted((a, b) => a.time - b.time || a.rank - b.rank));
});
