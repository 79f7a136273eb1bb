import { expect, test } from "vitest";
import { ChangeEvents, ListenerError } from "./change-events.ts";

test("listeners are told in order until they stop", () => {
  const events = new ChangeEvents<number>();
  const told: number[] = [];
  const stop = events.watch((value) => told.push(value));
  events.tell([1, 2]);
  stop();
  events.tell([3]);
  expect(told).toEqual([1, 2]);
});

test("a listener that throws keeps no other from being told, and is reported as what it is", () => {
  const events = new ChangeEvents<number>();
  const told: number[] = [];
  const reason = new Error("boom 1");
  events.watch((value) => {
    throw value === 1 ? reason : new Error("later");
  });
  events.watch((value) => told.push(value));
  let error: unknown;
  try {
    events.tell([1, 2]);
  } catch (thrown) {
    error = thrown;
  }
  expect(told).toEqual([1, 2]);
  expect(error).toBeInstanceOf(ListenerError);
  expect(error).toMatchObject({ cause: reason, message: expect.stringContaining("the changes themselves are made") });
});
