import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import type { Request, Scheduler, Server } from "../scheduler.ts";
import { requestFrom, serversOf } from "../servers.ts";
import { disturbance } from "../study/disturbance.ts";
import { chash } from "./chash.ts";
import { chashSubset, chashSubset3 } from "./chashsubset.ts";
import { type EwmaState, ewma } from "./ewma.ts";
import { decayed } from "./ewma-scores.ts";
import { roundRobin } from "./round-robin.ts";
import { stickyBalanced, stickyBalancedWith } from "./sticky-balanced.ts";
import { stickyPersistent, stickyPersistentWith } from "./sticky-persistent.ts";
import { ingressNginxSchedulers } from "./table.ts";

const name = fc
  .tuple(fc.nat({ max: 40 }), fc.integer({ min: 1, max: 3 }))
  .map(([host, port]) => `10.244.0.${host}:${port}`);
const names = fc.uniqueArray(name, { minLength: 1, maxLength: 12 });
const draws = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { minLength: 1, maxLength: 8 });
const keys = fc.array(fc.string(), { minLength: 1, maxLength: 30 });

describe("round_robin", () => {
  test.prop([names, draws, fc.nat({ max: 30 })])(
    "picks n different servers in n picks, from anywhere",
    (list, chance, skip) => {
      const servers = serversOf(roundRobin, list);
      const picks = picksOf(roundRobin, servers, Array(skip + list.length).fill(requestOf({ chance })));
      expect(new Set(picks.slice(skip)).size).toBe(list.length);
    },
  );

  test.prop([fc.array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 8 }), draws, fc.nat({ max: 30 })])(
    "gives shares by weight in every period, as the library does",
    (weights, chance, skip) => {
      const servers = serversOf(
        roundRobin,
        weights.map((weight, i) => ({ address: `10.0.0.${i}:80`, weight })),
      );
      const sum = weights.reduce((a, b) => a + b, 0);
      const picks = picksOf(roundRobin, servers, Array(skip + sum).fill(requestOf({ chance }))).slice(skip);
      for (const [index, weight] of weights.entries())
        expect(picks.filter((pick) => pick === index)).toHaveLength(weight);
    },
  );

  it("goes on where a list says the same, and begins anew where it does not", () => {
    const three = serversOf(roundRobin, ["10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80"]);
    const first = roundRobin.choose(roundRobin.start(three, 0), three, requestOf({ chance: [0] }));
    expect(roundRobin.changed(first.state, three)).toEqual(first.state);
    const turned = [three[1]!, three[2]!, three[0]!];
    expect(
      picksOf(roundRobin, turned, [requestOf({ chance: [0.9] })], roundRobin.changed(first.state, turned)),
    ).toEqual([1]);
    expect(roundRobin.removed(first.state, three.slice(1), 0).last).toBe("undrawn");
  });
});

describe("ewma", () => {
  const second = 1000;
  const two = serversOf(ewma, ["10.0.0.1:80", "10.0.0.2:80"]);
  const answer = (state: EwmaState, index: number, durationMs: number, nowMs: number): EwmaState =>
    ewma.released!(state, two, index, { failed: false, durationMs, nowMs });

  test.prop([fc.double({ min: 0, max: 60, noNaN: true }), fc.nat({ max: 100 }), fc.nat({ max: 100 })])(
    "a score only sinks while nothing is heard, by e every 10 s",
    (average, touched, later) => {
      const score = { average, touched };
      expect(decayed(score, 0, touched + later)).toBeLessThanOrEqual(average);
      expect(decayed(score, 0, touched + later + 10)).toBeCloseTo(decayed(score, 0, touched + later) / Math.E, 12);
    },
  );

  test.prop([fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 5000 }), draws])(
    "takes the faster one of two",
    (fast, more, chance) => {
      const state = answer(answer(ewma.start(two, 0), 0, fast + more, 50 * second), 1, fast, 50 * second);
      expect(ewma.choose(state, two, requestOf({ chance, nowMs: 60 * second })).index).toBe(1);
    },
  );

  it("gives a server that comes the mean of those it knows, and forgets one that goes", () => {
    const three = [...two, ...serversOf(ewma, ["10.0.0.3:80"])];
    const state = answer(answer(ewma.start(two, 0), 0, 3000, 1000 * second), 1, 1000, 1000 * second);
    expect(state.averages).toEqual([3, 1]);
    const added = ewma.added(state, three, 2, 1001 * second);
    expect([added.averages, added.touched]).toEqual([
      [3, 1, 2],
      [1000, 1000, 1001],
    ]);
    expect(ewma.added(state, three, 2).touched).toEqual([1000, 1000, 1000]);
    const removed = ewma.removed(added, three.slice(1), 0, 1002 * second);
    expect([removed.averages, removed.unlisted]).toEqual([[1, 2], {}]);
  });

  it("knows servers again after the whole list was gone, for no sync saw them go", () => {
    const one = two.slice(0, 1);
    const known = answer(ewma.start(one, 0), 0, 3000, 1000 * second);
    expect(ewma.added(ewma.removed(known, [], 0), one, 0).averages).toEqual([3]);
  });

  it("learns from the last try alone, with the time to connect counted twice", () => {
    const state = ewma.start(two, 0);
    const outcome = { failed: true, durationMs: 500, connectMs: 100, nowMs: 1000 * second };
    expect(ewma.released!(state, two, 0, { ...outcome, retried: true })).toBe(state);
    expect(ewma.released!(state, two, 0, outcome).averages).toEqual([0.6, null]);
  });

  test.prop([names, draws])(
    "does not send a request again where it was tried, while others are left",
    (list, chance) => {
      const servers = serversOf(ewma, list);
      const state = ewma.start(servers, 0);
      const tried: number[] = [];
      for (const _ of servers)
        tried.push(servers[ewma.choose(state, servers, requestOf({ chance, tried: [...tried] })).index]!.id);
      expect(new Set(tried).size).toBe(servers.length);
      expect(ewma.choose(state, servers, requestOf({ chance, tried })).index).toBeGreaterThanOrEqual(0);
    },
  );
});

describe("chash", () => {
  test.prop([names, fc.nat(), keys])("moves nobody but the clients of the server that leaves", (list, at, many) => {
    const servers = serversOf(chash, list);
    const gone = at % servers.length;
    const rest = servers.toSpliced(gone, 1);
    const before = chash.start(servers, 0);
    const after = chash.removed(before, rest, gone);
    for (const key of many) {
      const index = chash.choose(before, servers, requestOf({ key })).index;
      if (index !== gone) expect(rest[chash.choose(after, rest, requestOf({ key })).index]).toBe(servers[index]);
    }
  });

  test.prop([names, keys])("does not look at the order of the list", (list, many) => {
    const [servers, turned] = [serversOf(chash, list), serversOf(chash, list).reverse()];
    const picked = (of: readonly Server[]) =>
      picksOf(
        chash,
        of,
        many.map((key) => requestOf({ key })),
      ).map((at) => of[at]!.port);
    expect(picked(turned)).toEqual(picked(servers));
  });

  // What a controller 1.15.1 made of ten paths: the second endpoint refused, which was a 502 without another try elsewhere.
  it("sends paths where a controller sent them", () => {
    const servers = serversOf(chash, ["10.244.32.11:8080", "10.244.32.12:8099"]);
    const requests = Array.from({ length: 10 }, (_, i) => requestOf({ key: `/h/${i}` }));
    expect(picksOf(chash, servers, requests)).toEqual([0, 0, 1, 1, 1, 1, 0, 0, 1, 0]);
  });
});

describe("chashsubset", () => {
  test.prop([names, fc.integer({ min: 1, max: 5 }), fc.string(), draws])(
    "a key has one set of so many",
    (list, size, key, chance) => {
      const scheduler = chashSubset(size);
      const servers = serversOf(scheduler, list);
      const requests = Array.from({ length: 40 }, (_, i) => requestOf({ key, chance: [(i + chance[0]!) / 41] }));
      const picked = new Set(picksOf(scheduler, servers, requests));
      expect(picked.size).toBe(Math.min(size, servers.length));
    },
  );

  test.each([0, -1, 1.5, Number.NaN])("of %d has no sets", (size) => {
    expect(() => chashSubset(size)).toThrow(RangeError);
  });
});

describe("sticky", () => {
  const own = { backend: "c08-bal-80", changeOnFailure: true };
  const balancers = [
    stickyBalanced,
    stickyPersistent,
    stickyBalancedWith({ ...own, worker: 7 }),
    stickyPersistentWith(own),
  ];

  test.prop([names, draws])("a session's cookie leads back to its server", (list, chance) => {
    for (const scheduler of balancers as readonly Scheduler<unknown>[]) {
      const servers = serversOf(scheduler, list);
      const state = scheduler.start(servers, 0);
      const { index, cookie } = scheduler.choose(state, servers, requestOf({ chance }));
      const again = scheduler.choose(state, servers, requestOf({ cookie: cookie! }));
      expect([again.index, again.cookie]).toEqual([index, undefined]);
    }
  });

  test.prop([names, draws, fc.nat()])("a persistent session stays while its server lives", (list, chance, at) => {
    const servers = serversOf(stickyPersistent, list);
    const state = stickyPersistent.start(servers, 0);
    const { index, cookie } = stickyPersistent.choose(state, servers, requestOf({ chance }));
    const gone = at % servers.length;
    const rest = servers.toSpliced(gone, 1);
    const after = stickyPersistent.choose(
      stickyPersistent.removed(state, rest, gone),
      rest,
      requestOf({ chance, cookie: cookie! }),
    );
    if (gone !== index) expect([rest[after.index], after.cookie]).toEqual([servers[index], undefined]);
    else if (rest.length > 0) expect(after.cookie).not.toBe(cookie);
    else expect(after.index).toBe(-1);
  });

  test.prop([fc.uniqueArray(name, { minLength: 2, maxLength: 8 }), draws])(
    "leaves a failed server only where it may",
    (list, chance) => {
      for (const changeOnFailure of [false, true]) {
        const scheduler = stickyPersistentWith({ ...own, changeOnFailure });
        const servers = serversOf(scheduler, list);
        const state = scheduler.start(servers, 0);
        const { index, cookie } = scheduler.choose(state, servers, requestOf({ chance }));
        const retry = requestOf({ chance, cookie: cookie!, tried: [servers[index]!.id] });
        expect(scheduler.choose(state, servers, retry).index === index).toBe(!changeOnFailure);
      }
    },
  );

  // Cookies that a client sent or got, and the Pods that answered: a controller 1.15.1 with four endpoints.
  it("takes cookies where a controller took them", () => {
    const pods = ["10.244.8.11:8080", "10.244.8.12:8080", "10.244.8.13:8080", "10.244.8.14:8080"];
    const balanced = [
      "a",
      "b",
      "c",
      "d",
      "e",
      "1700000000.123.45.678",
      "key|c0ffee",
      "1795418140.202.10309.120605|7efa",
    ];
    const requests = balanced.map((cookie) => requestOf({ cookie }));
    expect(picksOf(stickyBalanced, serversOf(stickyBalanced, pods), requests)).toEqual([1, 3, 2, 1, 0, 1, 2, 0]);
    const persistent = stickyPersistentWith({ backend: "c08-per-80", changeOnFailure: false });
    const hashed = [
      "3009f8d92908194b4fe563ebb7eb2270|cce8f2aee4da9ef0bca8d2220fb6492a",
      "f7e8961d3f362221db373242de6ff211",
    ];
    const servers = serversOf(persistent, pods);
    expect(
      picksOf(
        persistent,
        servers,
        hashed.map((cookie) => requestOf({ cookie })),
      ),
    ).toEqual([1, 2]);
  });

  it("writes cookies as a controller wrote them", () => {
    const balanced = stickyBalancedWith({ backend: "c08-bal-80", changeOnFailure: false, worker: 10309 });
    const servers = serversOf(balanced, ["10.244.8.11:8080"]);
    const request = requestOf({ nowMs: 1_795_418_139_202, chance: [120_604.5 / 999_999] });
    const { cookie } = balanced.choose(balanced.start(servers, 0), servers, request);
    expect(cookie).toBe("1795418140.202.10309.120605|7efa5433eae0090d555f00fab780996b");
  });

  it("gives up after 20 keys that all name servers that failed", () => {
    const servers = serversOf(stickyBalanced, ["10.0.0.1:80"]);
    let drawn = 0;
    const random = (): number => ++drawn / 100;
    const request = { ...requestOf({ tried: [0] }), random };
    expect(stickyBalanced.choose(stickyBalanced.start(servers, 0), servers, request).index).toBe(-1);
    expect(drawn).toBe(20);
  });
});

describe("all of them", () => {
  it.each(["round_robin", "ewma", "chashsubset", "sticky_balanced", "sticky_persistent"])(
    "%s says that it draws",
    (own) => {
      const scheduler = ingressNginxSchedulers[`ingress-nginx/${own}`]!;
      const servers = serversOf(scheduler, ["10.0.0.1:80", "10.0.0.2:80"]);
      const request = requestFrom("10.1.0.1:1024");
      expect(() => scheduler.choose(scheduler.start(servers, 0), servers, request)).toThrow(TypeError);
      expect(() => scheduler.choose(scheduler.start(servers, 0), servers, request)).toThrow(scheduler.name);
    },
  );

  test.prop([names])("tell odds that add up", (list) => {
    for (const scheduler of Object.values(ingressNginxSchedulers)) {
      const servers = serversOf(scheduler, list);
      const odds = scheduler.odds?.(scheduler.start(servers, 0), servers);
      if (odds !== undefined) expect(odds.parts.reduce((sum, part) => sum + part, 0n)).toBe(odds.whole);
    }
  });

  it("chash moves only its own clients, chashsubset others too", () => {
    const ten = Array.from({ length: 10 }, (_, i) => `10.244.${i}.2:8080`);
    const steady = disturbance(chash, serversOf(chash, ten), 4);
    expect(steady.moved.numerator).toBe(0n);
    const requests = Array.from({ length: 500 }, (_, i) => requestOf({ key: `/page/${i}` }));
    const shaken = disturbance(chashSubset3, serversOf(chashSubset3, ten), 4, "removed", requests);
    expect(shaken.moved.numerator).toBeGreaterThan(0n);
  });
});

interface Asked {
  readonly chance?: readonly number[];
  readonly nowMs?: number;
  readonly key?: string;
  readonly cookie?: string;
  readonly tried?: readonly number[];
}

/** A request whose chance gives these numbers, over and over. */
function requestOf({ chance = [0.5], ...rest }: Asked): Request {
  let drawn = 0;
  return requestFrom("10.1.0.1:1024", { random: () => chance[drawn++ % chance.length]!, ...rest });
}

function picksOf<State>(
  scheduler: Scheduler<State>,
  servers: readonly Server[],
  requests: readonly Request[],
  from: State = scheduler.start(servers, 0),
): number[] {
  let state = from;
  return requests.map((request) => {
    const choice = scheduler.choose(state, servers, request);
    state = choice.state;
    return choice.index;
  });
}
