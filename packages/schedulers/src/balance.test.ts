import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { Balance, type Connection, clientRequest } from "./balance.ts";
import { stickyPersistent } from "./ingress-nginx/sticky-persistent.ts";
import { lblc } from "./ipvs/lblc.ts";
import { lc } from "./ipvs/lc.ts";
import { mh } from "./ipvs/mh.ts";
import { rr } from "./ipvs/rr.ts";
import { wrr } from "./ipvs/wrr.ts";
import { nginxRandom } from "./nginx/random.ts";
import type { Outcome, Scheduler } from "./scheduler.ts";
import { schedulerNamed, schedulers } from "./schedulers.ts";
import { requestFrom } from "./servers.ts";

const names = ["10.244.0.2:8080", "10.244.1.3:8080", "[fd00::4]:8080"];

describe("Balance", () => {
  it("counts what opens, begins to close and is gone", () => {
    const lesson = new Balance(lc, names);
    const [first, second] = [lesson.open(), lesson.open()];
    expect([first!.server, second!.server]).toEqual([2, 1]);
    lesson.finish(first!);
    lesson.close(second!);
    expect(countsOf(lesson)).toEqual([
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

  it("takes a server that comes back for the one that left, with the connections that it still has", () => {
    const lesson = new Balance(lc, names);
    const [first, second] = [lesson.open(), lesson.open(), lesson.open()];
    lesson.remove("[fd00::4]:8080");
    lesson.remove("10.244.1.3:8080");
    lesson.close(second!);
    lesson.add("10.244.9.9:80");
    lesson.add({ address: "fd00:0::4", port: 8080, weight: 4 });
    lesson.finish(first!);
    lesson.add("10.244.1.3:8080");
    expect(countsOf(lesson)).toEqual([
      [1, 0, 0],
      [2, 0, 1],
      [3, 0, 0],
      [0, 1, 0],
    ]);
    expect(lesson.servers[1]).toMatchObject({ weight: 4, lastWeight: 4 });
  });

  it("leaves a destination of lblc with the server that comes back", () => {
    const lesson = new Balance(lblc, names);
    const request = requestFrom("10.1.0.1:40000", { to: "198.51.100.1:80" });
    const { server } = lesson.open(request);
    lesson.remove("[fd00::4]:8080");
    lesson.add("[fd00::4]:8080");
    expect([server, lesson.open(request).server]).toEqual([2, 2]);
  });

  test.prop([fc.array(fc.tuple(fc.constantFrom("open", "finish", "close", "remove", "add"), fc.nat()))])(
    "counts for each server its connections, whatever is ended, twice or never opened",
    (events) => {
      const lesson = new Balance(lc, names);
      const opened: Connection[] = [];
      const phases = new Map<number, "active" | "inactive">();
      for (const [event, number] of events) {
        const connection = opened[number % Math.max(1, opened.length)] ?? { id: 0, server: 1 };
        const name = names[number % names.length]!;
        if (event === "open") {
          const next = lesson.open();
          opened.push(next);
          if (next.server >= 0) phases.set(next.id, "active");
        } else if (event === "add" || event === "remove") {
          const isThere = lesson.servers.some(({ id }) => id === names.indexOf(name));
          if (isThere === (event === "remove")) lesson[event](name);
        } else if (
          connection.server < 0 ||
          (event === "close" ? phases.has(connection.id) : phases.get(connection.id) === "active")
        ) {
          lesson[event as "finish" | "close"](connection);
          if (event === "close") phases.delete(connection.id);
          else if (connection.server >= 0) phases.set(connection.id, "inactive");
        } else {
          const before = [lesson.servers, lesson.state, lesson.steps.length];
          expect(() => lesson[event as "finish" | "close"](connection)).toThrow(RangeError);
          expect([lesson.servers, lesson.state, lesson.steps.length]).toEqual(before);
        }
      }
      for (const [id, active, inactive] of countsOf(lesson)) {
        const own = opened.filter(({ server }) => server === id).map((connection) => phases.get(connection.id));
        expect([active, inactive]).toEqual([
          own.filter((phase) => phase === "active").length,
          own.filter((phase) => phase === "inactive").length,
        ]);
      }
    },
  );

  it("counts a connection that finished and then is gone as the kernel does: active, inactive, none", () => {
    const lesson = new Balance(rr, names.slice(0, 1));
    const connection = lesson.open();
    lesson.finish(connection);
    expect(() => lesson.finish(connection)).toThrow(new RangeError("connection 0 has finished before"));
    expect(countsOf(lesson)).toEqual([[0, 0, 1]]);
    lesson.close(connection);
    expect(countsOf(lesson)).toEqual([[0, 0, 0]]);
    for (const end of ["finish", "close"] as const) {
      expect(() => lesson[end](connection)).toThrow(new RangeError("connection 0 is not open"));
    }
    expect(countsOf(lesson)).toEqual([[0, 0, 0]]);
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
    lesson.finish(connection);
    lesson.close(connection);
    expect(lesson.steps.map(({ event }) => event)).toEqual(["start", "open"]);
  });

  it.each(Object.keys(schedulers))("opens without a request, whoever draws: %s", (name) => {
    const lesson = new Balance(schedulerNamed(name), names);
    expect(lesson.open().server).toBeGreaterThanOrEqual(0);
    expect(JSON.parse(JSON.stringify(lesson.steps))).toEqual(lesson.steps);
  });

  it("draws the same for the same seed, and goes on from a chance that was JSON", () => {
    const picksOf = (lesson: Balance<unknown>, count: number): number[] =>
      Array.from({ length: count }, () => lesson.open().server);
    const whole = new Balance<unknown>(nginxRandom, names, { seed: 7 });
    const picks = picksOf(whole, 40);
    expect(picksOf(new Balance<unknown>(nginxRandom, names, { seed: 8 }), 40)).not.toEqual(picks);
    const first = new Balance<unknown>(nginxRandom, names, { seed: 7 });
    expect(picksOf(first, 15)).toEqual(picks.slice(0, 15));
    const seed = JSON.parse(JSON.stringify(first.chance)) as number;
    expect(picksOf(new Balance<unknown>(nginxRandom, names, { seed }), 25)).toEqual(picks.slice(15));
    expect(() => new Balance(rr, names, { seed: 0.5 })).toThrow(new RangeError("a seed is a whole number, not 0.5"));
  });

  it("takes a request's own chance before that of the lesson, and changes nothing when it is none", () => {
    const lesson = new Balance(nginxRandom, names);
    expect(lesson.open({ ...clientRequest(0), random: () => 0 }).server).toBe(0);
    expect(lesson.chance).toBe(0);
    const before = [lesson.servers, lesson.state, lesson.steps.length];
    expect(() => lesson.open({ ...clientRequest(0), random: () => 1 })).toThrow(
      new RangeError("nginx/random: random() gives numbers from 0 to below 1, not 1"),
    );
    expect([lesson.servers, lesson.state, lesson.steps.length]).toEqual(before);
    expect(lesson.open().id).toBe(1);
    expect(lesson.steps.at(-1)!.request).toEqual(clientRequest(1));
  });

  it("hands out the cookie of a session that begins", () => {
    const lesson = new Balance(stickyPersistent, names);
    const { server, cookie } = lesson.open();
    expect(cookie).toMatch(/^[0-9a-f]{32}\|[0-9a-f]{32}$/);
    const back = lesson.open({ ...clientRequest(9), cookie: cookie! });
    expect(back).toEqual({ id: 1, server });
  });

  it("changes nothing when the scheduler refuses the server", () => {
    const lesson = new Balance(nginxRandom, names);
    const before = [lesson.servers, lesson.state, lesson.steps.length];
    expect(() => lesson.add({ address: "10.244.9.9:80", backup: true })).toThrow(TypeError);
    expect([lesson.servers, lesson.state, lesson.steps.length]).toEqual(before);
  });

  it("wants a scheduler, and servers", () => {
    expect(() => new Balance(schedulers.wrrr!, names)).toThrow("a Balance needs a scheduler");
    expect(() => new Balance(rr, [undefined as unknown as string])).toThrow(
      new TypeError('a server is "10.244.0.2:8080" or has such an address, not undefined'),
    );
  });
});

function countsOf(lesson: Balance<unknown>): number[][] {
  return lesson.servers.map((server) => [server.id, server.activeConnections, server.inactiveConnections]);
}
