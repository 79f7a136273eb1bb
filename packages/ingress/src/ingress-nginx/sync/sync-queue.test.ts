import { virtualClock } from "@kubenetsim/core/runtime/clock";
import { describe, expect, it } from "vitest";
import { SyncQueue } from "./sync-queue.ts";

describe("the controller's queue", () => {
  it("passes over what was added before the last sync began", () => {
    const clock = virtualClock(1000);
    const at: number[] = [];
    const queue = new SyncQueue(clock, { periodMs: 100, reloadMs: 300 }, () => {
      at.push(clock.nowMs);
      return { failed: false, reloaded: true };
    });
    for (const key of ["a", "b", "c"]) {
      queue.add(key);
      clock.advance(10);
    }
    clock.advance(1000);
    expect(at).toEqual([1000, 1300]);
  });

  it("tries what failed again, each time after twice as long", () => {
    const clock = virtualClock(1000);
    const at: number[] = [];
    const queue = new SyncQueue(clock, { periodMs: 0, reloadMs: 0 }, () => {
      at.push(clock.nowMs - 1000);
      return { failed: at.length < 5, reloaded: false };
    });
    queue.add("a");
    clock.advance(1000);
    expect(at).toEqual([0, 5, 15, 35, 75]);
  });

  it("waits no longer for what failed again after it went well", () => {
    const clock = virtualClock(1000);
    const at: number[] = [];
    const queue = new SyncQueue(clock, { periodMs: 0, reloadMs: 0 }, () => {
      at.push(clock.nowMs - 1000);
      return { failed: at.length !== 3 && at.length < 5, reloaded: false };
    });
    queue.add("a");
    clock.advance(1000);
    queue.add("a");
    clock.advance(1000);
    expect(at).toEqual([0, 5, 15, 1000, 1005]);
  });
});
