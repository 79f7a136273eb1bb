import { describe, expect, it } from "vitest";
import { Balance, clientRequest } from "./balance.ts";
import { lc } from "./ipvs/lc.ts";
import { mh } from "./ipvs/mh.ts";
import { rr } from "./ipvs/rr.ts";
import { wrr } from "./ipvs/wrr.ts";
import type { Outcome, Scheduler } from "./scheduler.ts";

const names = ["10.244.0.2:8080", "10.244.1.3:8080", "[fd00::4]:8080"];

describe("Balance", () => {
  it("counts what opens, begins to close and is gone", () => {
    const lesson = new Balance(lc, names);
    const [first, second] = [lesson.open(), lesson.open()];
    expect([first!.server, second!.server]).toEqual([2, 1]);
    lesson.finish(first!);
    lesson.close(second!);
    expect(lesson.servers.map((server) => [server.id, server.activeConnections, server.inactiveConnections])).toEqual([
      [2, 0, 1],
      [1, 0, 0],
      [0, 0, 0],
    ]);
  });

  it("writes down what happened, and how everything stood after it", () => {
    const lesson = new Balance(rr, names.slice(0, 2));
    lesson.open();
    lesson.add("10.244.9.9:80");
    lesson.setWeight("10.244.0.2:8080", 7);
    lesson.setOverloaded("10.244.1.3:8080", true);
    lesson.remove("10.244.1.3:8080");
    expect(lesson.steps.map(({ event, pick }) => [event, pick])).toEqual([
      ["start", undefined],
      ["open", 1],
      ["add C", undefined],
      ["weight A 7", undefined],
      ["full B", undefined],
      ["remove B", undefined],
    ]);
    expect(lesson.steps[1]!.servers.map(({ id }) => id)).toEqual([1, 0]);
    expect(lesson.servers.map(({ id }) => id)).toEqual([2, 0]);
  });

  it("never gives an id twice, so that a memory of a server that left is of nobody else", () => {
    const lesson = new Balance(rr, names);
    lesson.remove("[fd00::4]:8080");
    lesson.add("[fd00::4]:8080");
    expect(lesson.servers.map(({ id }) => id)).toEqual([3, 1, 0]);
  });

  it("keeps the last weight that was not 0, from which mh makes its table", () => {
    const lesson = new Balance(mh, names);
    lesson.setWeight(names[0]!, 5);
    lesson.setWeight(names[0]!, 0);
    expect(lesson.servers.at(-1)).toMatchObject({ weight: 0, lastWeight: 5 });
  });

  it("puts a new server where its program does", () => {
    const other: Scheduler<number> = { ...rr, name: "nginx/other" };
    const lesson = new Balance(other, names);
    lesson.add("10.244.9.9:80");
    expect(lesson.servers.map(({ id }) => id)).toEqual([0, 1, 2, 3]);
  });

  it("tells those who learn from it how a connection went", () => {
    const heard: Outcome[] = [];
    const learner: Scheduler<number> = {
      ...rr,
      released: (state, _servers, index, outcome) => {
        heard.push(outcome);
        return state + 10 * index;
      },
    };
    const lesson = new Balance(learner, names);
    lesson.open();
    const second = lesson.open();
    lesson.close(second, { failed: true, durationMs: 3, nowMs: 4 });
    expect(heard).toEqual([{ failed: true, durationMs: 3, nowMs: 4 }]);
    expect(lesson.state).toBe(11);
  });

  it("refuses what cannot be, and stays as it was", () => {
    const lesson = new Balance(wrr, names);
    const before = [lesson.servers, lesson.state, lesson.steps.length];
    expect(() => lesson.add("10.244.0.2:8080")).toThrow("the server 10.244.0.2:8080 is there twice");
    expect(() => lesson.setWeight("10.244.0.2:8080", -1)).toThrow("a weight is a whole number");
    expect(() => lesson.setWeight("10.244.0.9:8080", 1)).toThrow("there is no server 10.244.0.9:8080");
    expect(() => lesson.remove("10.244.0.2")).toThrow('"10.244.0.2" is no address with a port');
    expect([lesson.servers, lesson.state, lesson.steps.length]).toEqual(before);
  });

  it("answers nobody where there is nobody", () => {
    const lesson = new Balance(rr, []);
    const connection = lesson.open(clientRequest(0));
    expect(connection.server).toBe(-1);
    lesson.close(connection);
    expect(lesson.steps.map(({ event }) => event)).toEqual(["start", "open"]);
  });
});
