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
