import { describe, expect, test } from "vitest";
import type { Request, Scheduler, Server } from "../scheduler.ts";
import { lblc } from "./lblc.ts";
import { lblcr } from "./lblcr.ts";

const dayMs = 86_400_000;

function server(id: number, values: Partial<Server> = {}): Server {
  return {
    id,
    address: [id],
    port: 80,
    weight: 10,
    lastWeight: 10,
    activeConnections: 0,
    inactiveConnections: 0,
    overloaded: false,
    ...values,
  };
}

function request(destination: number, nowMs: number): Request {
  return {
    sourceAddress: [1],
    sourcePort: 1,
    destinationAddress: [destination],
    nowMs,
    fallback: false,
    usePort: false,
  };
}

describe.for<[string, Scheduler<unknown>]>([
  ["lblc", lblc],
  ["lblcr", lblcr],
])("%s", ([, scheduler]) => {
  const servers = [server(0), server(1)];

  test("stays with the server of a destination, though another has less to do", () => {
    const first = scheduler.choose(scheduler.start(servers, 0), servers, request(7, 0));
    const busy = [server(0, { activeConnections: 5 }), server(1)];
    expect(scheduler.choose(first.state, busy, request(7, 1)).index).toBe(first.index);
    expect(scheduler.choose(first.state, busy, request(8, 1)).index).toBe(1);
  });

  test("gets help for a server with more connections than its weight, if one is half idle", () => {
    const first = scheduler.choose(scheduler.start(servers, 0), servers, request(7, 0));
    const helped = [server(0, { activeConnections: 11 }), server(1, { activeConnections: 4 })];
    expect(scheduler.choose(first.state, helped, request(7, 1)).index).toBe(1);
    const helpless = [server(0, { activeConnections: 11 }), server(1, { activeConnections: 5 })];
    expect(scheduler.choose(first.state, helpless, request(7, 1)).index).toBe(0);
  });

  test("forgets a destination that nobody has asked for in a day", () => {
    const { state } = scheduler.choose(scheduler.start(servers, 0), servers, request(7, 0));
    expect(scheduler.remembers(state, 0)).toBe(true);
    const kept = scheduler.choose(state, servers, request(8, dayMs - 1)).state;
    expect(scheduler.remembers(kept, 0)).toBe(true);
    // The full check is every half hour; it finds the entry old at the first one after the day is over.
    const busy = [server(0, { activeConnections: 1 }), server(1)];
    const later = scheduler.choose(state, busy, request(7, dayMs + 30 * 60_000));
    expect(later.index).toBe(1);
  });
});

test("lblcr: a set that has not changed for a day loses its most loaded server", () => {
  const servers = [server(0), server(1)];
  const first = lblcr.choose(lblcr.start(servers, 0), servers, request(7, 0));
  const grown = lblcr.choose(first.state, [server(0, { activeConnections: 11 }), server(1)], request(7, 1));
  expect([0, 1].map((id) => lblcr.remembers(grown.state, id))).toEqual([true, true]);
  const used = lblcr.choose(grown.state, servers, request(7, dayMs / 2));
  const loaded = [server(0, { activeConnections: 3 }), server(1, { activeConnections: 4 })];
  const shrunk = lblcr.choose(used.state, loaded, request(7, dayMs + 2));
  expect([0, 1].map((id) => lblcr.remembers(shrunk.state, id))).toEqual([true, false]);
});

test("lblcr: the member that a set loses may be one that waits in the trash, with the connections that it has", () => {
  const servers = [server(2), server(1), server(0)];
  const first = lblcr.choose(lblcr.start(servers, 0), servers, request(7, 0));
  const busy = [server(2, { activeConnections: 11 }), server(1), server(0)];
  const grown = lblcr.choose(first.state, busy, request(7, 1));
  expect([0, 1, 2].map((id) => lblcr.remembers(grown.state, id))).toEqual([false, true, true]);
  const left = [server(1, { activeConnections: 1 }), server(0)];
  const members = (load: number) => {
    const gone = server(2, { activeConnections: load });
    const { state } = lblcr.choose(grown.state, left, request(7, dayMs + 2), [gone]);
    return [0, 1, 2].map((id) => lblcr.remembers(state, id));
  };
  expect(members(11)).toEqual([false, true, false]);
  expect(members(0)).toEqual([false, false, true]);
});

/** Seen in Linux 6.1.176 with these very numbers. */
describe("a table that is large, or counts itself large", () => {
  const servers = [server(1), server(0)];

  test("takes as many addresses as come: the 24,700th stays with its server", () => {
    let state = lblc.start(servers, 0);
    for (let destination = 0; destination < 24_700; destination++) {
      state = lblc.choose(state, servers, request(destination, 0)).state;
    }
    const busy = [server(1, { inactiveConnections: 1 }), server(0)];
    const last = lblc.choose(state, busy, request(30_000, 0));
    expect(last.index).toBe(1);
    expect(lblc.choose(last.state, servers, request(30_000, 1)).index).toBe(1);
  });

  test.each([
    [16_600, false],
    [16_300, true],
  ])("lblc counts an address once more each time it goes elsewhere: after %i another is known: %s", (times, known) => {
    const quiet = [[server(1, { weight: 0 }), server(0)] as const, [server(1), server(0, { weight: 0 })] as const];
    // To the one that wlc would not take by itself.
    let { state } = lblc.choose(lblc.start(servers, 0), quiet[0]!, request(2, 0));
    for (let turn = 0; turn < times; turn++) state = lblc.choose(state, quiet[turn % 2]!, request(1, 0)).state;
    expect(lblc.choose(state, servers, request(2, 432_000)).index).toBe(known ? 1 : 0);
  });

  test("that counts itself overfull and is empty stays so, however long nobody asks", () => {
    const quiet = [[server(1, { weight: 0 }), server(0)] as const, [server(1), server(0, { weight: 0 })] as const];
    let state = lblc.start(servers, 0);
    for (let turn = 0; turn < 20_000; turn++) state = lblc.choose(state, quiet[turn % 2]!, request(1, 0)).state;
    const leapt = lblc.elapsed!(state, 400 * dayMs);
    for (let minute = 1; minute <= 100; minute++) state = lblc.elapsed!(state, minute * 60_000);
    expect([state.size, state.counted, state.counter]).toEqual([0, 19_999, 1]);
    expect([leapt.size, leapt.counted, leapt.counter, leapt.rover]).toEqual([0, 19_999, 1, state.rover]);
  });
});

describe.for<[string, Scheduler<unknown>]>([
  ["lblc", lblc],
  ["lblcr", lblcr],
])("%s tells whom it has looked at", ([, scheduler]) => {
  const thousand = Array.from({ length: 1000 }, (_, id) => server(id, { weight: 1, activeConnections: 2 }));
  const { state } = scheduler.choose(scheduler.start(thousand, 0), thousand, request(7, 0));
  const examined = (servers: readonly Server[]) => scheduler.choose(state, servers, request(7, 1)).examined;

  test("one that is at ease: itself", () => {
    expect(examined(thousand.with(0, server(0, { weight: 1 })))).toBe(1);
  });

  test("an overburdened one that nobody can help: itself and all", () => {
    expect(examined(thousand)).toBe(1001);
  });

  test("one that gets help: itself, up to the first that is half idle, and all", () => {
    expect(examined(thousand.with(9, server(9, { weight: 1 })))).toBe(1 + 10 + 1000);
  });
});
