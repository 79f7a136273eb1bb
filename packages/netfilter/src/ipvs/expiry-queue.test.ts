import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";
import { ExpiryQueue } from "./expiry-queue.ts";

test.prop([fc.array(fc.nat({ max: 50 }))])("gives out the earliest first", (times) => {
  const queue = new ExpiryQueue();
  for (const [slot, time] of times.entries()) queue.push(time, slot);
  const out: number[] = [];
  while (queue.nextMs !== Number.POSITIVE_INFINITY) {
    const time = queue.nextMs;
    expect(times[queue.pop()]).toBe(time);
    out.push(time);
  }
  expect(out).toEqual(times.toSorted((a, b) => a - b));
});
