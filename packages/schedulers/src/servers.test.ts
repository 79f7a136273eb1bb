import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { formatAddress, formatEndpoint, parseAddress, parseEndpoint } from "./address.ts";
import { rr } from "./ipvs/rr.ts";
import { wrr } from "./ipvs/wrr.ts";
import type { Scheduler } from "./scheduler.ts";
import { letterOf, requestFrom, serversOf, startWith } from "./servers.ts";

const word = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
/** Zeros often, so that `::` has something to stand for. */
const sparse = fc.oneof(fc.constant(0), fc.nat({ max: 0xffff }), word);

describe("addresses", () => {
  test.prop([fc.oneof(fc.tuple(word), fc.tuple(sparse, sparse, sparse, sparse))])(
    "are the same when they have been text for a while",
    (words) => {
      expect(parseAddress(formatAddress(words))).toEqual(words);
      expect(parseEndpoint(formatEndpoint(words, 8080))).toEqual({ address: words, port: 8080 });
    },
  );

  it("are written as RFC 5952 says", () => {
    for (const text of ["10.244.0.2", "::", "::1", "fd00::2", "fd00:0:1::", "2001:db8:0:1:1:1:1:1"]) {
      expect(formatAddress(parseAddress(text)!)).toBe(text);
    }
    expect(parseAddress("::ffff:10.0.0.1")).toEqual([0, 0, 0xffff, 0x0a000001]);
  });

  it.each([
    "",
    "10.0.0",
    "10.0.0.256",
    "10.0.0.01",
    "1:2",
    "::1::",
    "1:2:3:4:5:6:7:8:9",
    "fffff::",
    ":::",
    "1::2:3:4:5:6:7:8",
  ])("are not %j", (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });
});

describe("serversOf", () => {
  it("gives IPVS the newest first, others the order of the configuration, and ids in that order", () => {
    const names = ["10.244.0.2:8080", { address: "fd00::3", port: 80, weight: 3 }] as const;
    expect(serversOf(wrr, names).map(({ id, weight, port }) => [id, weight, port])).toEqual([
      [1, 3, 80],
      [0, 1, 8080],
    ]);
    const other: Scheduler<unknown> = { ...rr, name: "nginx/other" };
    expect(serversOf(other, names).map(({ id }) => id)).toEqual([0, 1]);
  });

  it.each([-1, 0.5, 2 ** 31, Number.NaN])("refuses the weight %d", (weight) => {
    expect(() => serversOf(wrr, [{ address: "10.0.0.1:80", weight }])).toThrow(RangeError);
    expect(() => serversOf(wrr, [{ address: "10.0.0.1:80", weight }])).toThrow(
      `a weight is a whole number from 0 to 2147483647, not ${weight}`,
    );
  });

  it("takes null for a weight or a count that is none", () => {
    const none = null as unknown as number;
    expect(() => serversOf(wrr, [{ address: "10.0.0.1:80", weight: none }])).toThrow("not null");
    expect(() => serversOf(wrr, [{ address: "10.0.0.1:80", activeConnections: none }])).toThrow("not null");
    expect(() => serversOf(wrr, [null as unknown as string])).toThrow(TypeError);
    expect(() => serversOf(wrr, [{} as unknown as string])).toThrow("not {}");
  });

  it("takes weights up to 2147483647", () => {
    expect(serversOf(wrr, [{ address: "10.0.0.1:80", weight: 2 ** 31 - 1 }])[0]!.lastWeight).toBe(2147483647);
  });

  it("refuses two servers with one address and port, however they are written", () => {
    expect(() => serversOf(rr, ["[fd00::1]:80", { address: "fd00:0::1", port: 80 }])).toThrow(
      new RangeError("the server [fd00::1]:80 is there twice"),
    );
  });

  it.each(["10.0.0.1", "10.0.0.1:", "10.0.0.1:65536", "web:80", "fd00::1:80x", "[10.0.0.1]:80"])(
    "refuses %j",
    (text) => {
      expect(() => serversOf(rr, [text])).toThrow(TypeError);
      expect(() => requestFrom(text)).toThrow("is no address with a port");
    },
  );

  it("refuses counts that are none", () => {
    expect(() => serversOf(rr, [{ address: "10.0.0.1:80", activeConnections: -1 }])).toThrow(RangeError);
  });
});

describe("startWith", () => {
  it("adds one server after the other, which a weighted round robin remembers", () => {
    const servers = serversOf(wrr, ["10.0.0.1:80", { address: "10.0.0.2:80", weight: 3 }]);
    expect(startWith(wrr, servers).currentWeight).toBe(1);
    expect(wrr.start(servers, 0).currentWeight).toBe(3);
  });
});

describe("requestFrom", () => {
  it("goes to a cluster IP of its family unless told", () => {
    expect(requestFrom("10.1.2.7:46152")).toMatchObject({ sourcePort: 46152, destinationAddress: [0x0a60000a] });
    expect(requestFrom("[fd00::1]:1").destinationAddress).toHaveLength(4);
    expect(requestFrom("10.1.2.7:1", { to: "10.0.0.1:53", usePort: true })).toMatchObject({
      destinationAddress: [0x0a000001],
      destinationPort: 53,
      usePort: true,
    });
  });
});

describe("letterOf", () => {
  it("goes on after Z", () => {
    expect([0, 25, 26, 27, 52, 702].map(letterOf)).toEqual(["A", "Z", "AA", "AB", "BA", "AAA"]);
  });
});
