import { fc, test as propertyTest } from "@fast-check/vitest";
import type { Endpoints } from "@kubenetsim/core/model/endpoints";
import { virtualClock } from "@kubenetsim/core/runtime/clock";
import { seededRandom } from "@kubenetsim/core/runtime/random";
import { beforeEach, describe, expect, test } from "vitest";
import { RoundRobin } from "./round-robin.ts";

/** One subset: these addresses, each with all of these ports (`p:80` for a named one). */
function endpoints(name: string, addresses: readonly string[], ports: readonly string[]): Endpoints {
  return {
    apiVersion: "v1",
    kind: "Endpoints",
    metadata: { name, namespace: "ns" },
    subsets: [
      {
        addresses: addresses.map((ip) => ({ ip })),
        ports: ports.map((text) => {
          const [port, portName = ""] = text.split(":").reverse();
          return { name: portName, port: Number(port) };
        }),
      },
    ],
  };
}

const empty = (name: string): Endpoints => ({ ...endpoints(name, [], []), subsets: [] });

let clock = virtualClock();
let balancer = new RoundRobin(seededRandom("rr"), clock);
beforeEach(() => {
  clock = virtualClock();
  balancer = new RoundRobin(seededRandom("rr"), clock);
});

const next = (name: string, client = 1, afterFailure = false): string | undefined =>
  balancer.next(name, client, afterFailure)?.endpoint.text;
const turns = (name: string, count: number): (string | undefined)[] => Array.from({ length: count }, () => next(name));

// The facts of pkg/proxy/userspace/roundrobin_test.go.
describe("turns", () => {
  test("a Service port that nobody has heard of has no endpoint", () => {
    expect(next("ns/foo:nothing")).toBeUndefined();
    expect(balancer.hasEndpoints("ns/foo:nothing")).toBe(false);
  });

  test("a single endpoint has every turn", () => {
    balancer.addEndpoints(endpoints("foo", ["10.1.0.1"], ["p:40"]));
    expect(turns("ns/foo:p", 4)).toEqual(Array(4).fill("10.1.0.1:40"));
    expect(balancer.hasEndpoints("ns/foo:p")).toBe(true);
  });

  test("several come round, each port of a Service by itself", () => {
    const both = { ...endpoints("foo", ["10.1.0.1", "10.1.0.2"], ["p:1", "q:2"]) };
    const third = endpoints("foo", ["10.1.0.3"], ["p:3", "q:4"]);
    balancer.addEndpoints({ ...both, subsets: [...both.subsets!, ...third.subsets!] });
    const p = turns("ns/foo:p", 4);
    const q = turns("ns/foo:q", 4);
    expect(new Set(p)).toEqual(new Set(["10.1.0.1:1", "10.1.0.2:1", "10.1.0.3:3"]));
    expect(new Set(q)).toEqual(new Set(["10.1.0.1:2", "10.1.0.2:2", "10.1.0.3:4"]));
    expect([p[3], q[3]]).toEqual([p[0], q[0]]);
  });

  test("other endpoints begin at the beginning; none is none", () => {
    const three = endpoints("foo", ["10.1.0.1", "10.1.0.2", "10.1.0.3"], ["p:1"]);
    const two = endpoints("foo", ["10.1.0.4", "10.1.0.5"], ["p:1"]);
    balancer.addEndpoints(three);
    turns("ns/foo:p", 1);
    balancer.updateEndpoints(three, two);
    expect(balancer.next("ns/foo:p", 1)).toMatchObject({ position: 1, count: 2 });
    expect(balancer.next("ns/foo:p", 1)).toMatchObject({ position: 2, count: 2 });
    balancer.updateEndpoints(two, empty("foo"));
    expect(next("ns/foo:p")).toBeUndefined();
  });

  test("the same endpoints in another order leave turns as they are", () => {
    const one = endpoints("foo", ["10.1.0.1", "10.1.0.2", "10.1.0.3"], ["p:1"]);
    balancer.addEndpoints(one);
    const before = turns("ns/foo:p", 4);
    balancer.updateEndpoints(one, endpoints("foo", ["10.1.0.3", "10.1.0.1", "10.1.0.2"], ["p:1"]));
    expect(turns("ns/foo:p", 2)).toEqual([before[1], before[2]]);
  });

  test("removing one Service's endpoints leaves the other's turn where it is", () => {
    const foo = endpoints("foo", ["10.1.0.1", "10.1.0.2", "10.1.0.3"], ["p:123"]);
    balancer.addEndpoints(foo);
    balancer.addEndpoints(endpoints("bar", ["10.1.0.4", "10.1.0.5", "10.1.0.6"], ["p:456"]));
    const bar = turns("ns/bar:p", 5);
    balancer.deleteEndpoints(foo);
    expect(next("ns/foo:p")).toBeUndefined();
    expect(turns("ns/bar:p", 4)).toEqual([bar[2], bar[0], bar[1], bar[2]]);
  });

  test("addresses that are not ready take no turn", () => {
    const one = endpoints("foo", ["10.1.0.1"], ["80"]);
    const subset = { ...one.subsets![0]!, notReadyAddresses: [{ ip: "10.1.0.2" }] };
    balancer.addEndpoints({ ...one, subsets: [subset] });
    expect(turns("ns/foo", 2)).toEqual(["10.1.0.1:80", "10.1.0.1:80"]);
  });
});

describe("affinity", () => {
  const three = endpoints("foo", ["10.1.0.1", "10.1.0.2", "10.1.0.3"], ["1"]);

  test.each(["before", "after"])("clients stick, be their Service known %s its Endpoints", (when) => {
    if (when === "before") balancer.newService("ns/foo", true, 10800);
    balancer.addEndpoints(three);
    if (when === "after") balancer.newService("ns/foo", true, 10800);
    const first = [1, 2, 3].map((client) => next("ns/foo", client));
    expect(new Set(first).size).toBe(3);
    expect([3, 1, 2, 2].map((client) => next("ns/foo", client))).toEqual([first[2], first[0], first[1], first[1]]);
  });

  test("whose endpoint goes gets another; the others stay, and new ones begin at the beginning", () => {
    balancer.newService("ns/foo", true, 10800);
    balancer.addEndpoints(three);
    const before = [1, 2, 3].map((client) => next("ns/foo", client)!);
    const two = endpoints("foo", ["10.1.0.1", "10.1.0.2"], ["1"]);
    balancer.updateEndpoints(three, two);
    const orphan = before.indexOf("10.1.0.3:1");
    const after = [1, 2, 3].map((client) => next("ns/foo", client)!);
    for (const [i, endpoint] of after.entries()) if (i !== orphan) expect(endpoint).toBe(before[i]);
    expect(after[orphan]).not.toBe("10.1.0.3:1");
    balancer.updateEndpoints(two, endpoints("foo", ["10.1.0.1", "10.1.0.2", "10.1.0.4"], ["1"]));
    expect([1, 2, 3].map((client) => next("ns/foo", client))).toEqual(after);
    expect(new Set([4, 5, 6].map((client) => next("ns/foo", client))).size).toBe(3);
  });

  test("all is forgotten with the endpoints, or with the Service", () => {
    balancer.newService("ns/foo", true, 10800);
    balancer.addEndpoints(three);
    balancer.addEndpoints(endpoints("bar", ["10.1.0.9"], ["1"]));
    next("ns/foo", 1);
    balancer.deleteEndpoints(three);
    expect(next("ns/foo", 1)).toBeUndefined();
    balancer.deleteService("ns/foo");
    balancer.addEndpoints(three);
    expect(balancer.next("ns/foo", 1)).toMatchObject({ by: "round robin", position: 1 });
    expect(next("ns/bar", 1)).toBe("10.1.0.9:1");
  });

  test("a failed dial passes over whom a client sticks to, and sticks to the next", () => {
    balancer.newService("ns/foo", true, 10800);
    balancer.addEndpoints(three);
    const first = next("ns/foo", 1);
    const second = next("ns/foo", 1, true);
    expect(second).not.toBe(first);
    expect(next("ns/foo", 1)).toBe(second);
  });

  test("each connection gives a client its time again; whoever stays away longer is forgotten", () => {
    balancer.newService("ns/foo", true, 100);
    balancer.addEndpoints(three);
    const first = next("ns/foo", 1);
    for (let i = 0; i < 3; i++) {
      clock.advance(99_000);
      expect(next("ns/foo", 1)).toBe(first);
    }
    clock.advance(100_000);
    expect(balancer.next("ns/foo", 1)).toMatchObject({ by: "round robin", position: 2 });
  });

  test("Endpoints that come first make clients stick for three hours, whatever the Service says", () => {
    balancer.addEndpoints(three);
    balancer.newService("ns/foo", true, 100);
    const first = next("ns/foo", 1);
    clock.advance(10_799_000);
    expect(next("ns/foo", 1)).toBe(first);
    clock.advance(10_800_000);
    expect(next("ns/foo", 1)).not.toBe(first);
  });
});

const addresses = fc.uniqueArray(
  fc.integer({ min: 1, max: 250 }).map((n) => `10.1.0.${n}`),
  { minLength: 1, maxLength: 12 },
);

propertyTest.prop([addresses, fc.integer({ min: 1, max: 5 }), fc.string()])(
  "after k·n connections each of n endpoints has had k, and a copy goes on as the original does",
  (list, rounds, seed) => {
    const fair = new RoundRobin(seededRandom(seed), virtualClock());
    fair.addEndpoints(endpoints("foo", list, ["80"]));
    const counts = new Map<string, number>();
    for (let i = 0; i < rounds * list.length; i++) {
      const { text } = fair.next("ns/foo", i)!.endpoint;
      counts.set(text, (counts.get(text) ?? 0) + 1);
    }
    expect([...counts.values()]).toEqual(list.map(() => rounds));
    const copy = fair.fork(seededRandom(seed), virtualClock());
    expect(copy.next("ns/foo", 1)).toEqual(fair.next("ns/foo", 1));
  },
);
