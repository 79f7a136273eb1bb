import { fc, test as propertyTest } from "@fast-check/vitest";
import { seededRandom } from "@kubenetsim/core/runtime/random";
import { describe, expect, test } from "vitest";
import { HeldSockets } from "./held-sockets.ts";
import { ProxyPorts, parsePortRange } from "./proxy-ports.ts";

const range = fc.record({ base: fc.integer({ min: 1, max: 60_000 }), size: fc.integer({ min: 1, max: 60 }) });

// The facts of pkg/proxy/userspace/port_allocator_test.go.
propertyTest.prop([range, fc.string()])(
  "a range gives each of its ports once, then none, then what is released",
  (r, seed) => {
    const ports = new ProxyPorts(r, seededRandom(seed));
    const given = Array.from({ length: r.size }, () => ports.allocate()!);
    expect([...given].sort((a, b) => a - b)).toEqual(Array.from({ length: r.size }, (_, i) => r.base + i));
    expect(ports.allocate()).toBeUndefined();
    ports.release(given[0]!);
    const copy = ports.fork();
    expect(ports.allocate()).toBe(given[0]);
    expect(copy.allocate()).toBe(given[0]);
  },
);

test("without a range the node's kernel chooses", () => {
  expect(new ProxyPorts(undefined, seededRandom("1")).allocate()).toBe(0);
});

describe("the kernel's choice", () => {
  const random = seededRandom("ports");

  test("is an odd port of the lower half of the local range for TCP, any of the range for UDP", () => {
    const held = new HeldSockets();
    const tcp = Array.from({ length: 500 }, () => held.openAny("TCP", "", random)!);
    const udp = Array.from({ length: 500 }, () => held.openAny("UDP", "", random)!);
    expect(tcp.every((port) => port % 2 === 1 && port > 32768 && port < 46884)).toBe(true);
    expect(udp.every((port) => port >= 32768 && port <= 60999)).toBe(true);
    expect([new Set(tcp).size, new Set(udp).size]).toEqual([500, 500]);
    expect(udp.some((port) => port % 2 === 0) && udp.some((port) => port > 50_000)).toBe(true);
  });

  test("goes on to even ports, and then to the upper half", () => {
    const held = new HeldSockets();
    for (let port = 32769; port < 46884; port += 2) held.open("TCP", "", port);
    const even = Array.from({ length: 100 }, () => held.openAny("TCP", "", random)!);
    expect(even.every((port) => port % 2 === 0 && port < 46884)).toBe(true);
    for (let port = 32768; port < 46884; port += 2) held.open("TCP", "", port);
    const upper = Array.from({ length: 100 }, () => held.openAny("TCP", "", random)!);
    expect(upper.every((port) => port % 2 === 1 && port >= 46884)).toBe(true);
    for (let port = 46884; port < 61000; port++) held.open("TCP", "", port);
    expect([held.openAny("TCP", "", random), held.openAny("UDP", "", random)! > 0]).toEqual([undefined, true]);
    held.close("TCP", "", 40_000);
    expect(held.fork().openAny("TCP", "", random)).toBe(40_000);
  });

  test("a port on all addresses is nobody else's, one on one address only there", () => {
    const held = new HeldSockets();
    expect(held.open("TCP", "192.0.2.1", 80)).toBe(true);
    expect(held.open("TCP", "192.0.2.2", 80)).toBe(true);
    expect(held.open("TCP", "192.0.2.1", 80)).toBe(false);
    expect(held.open("TCP", "", 80)).toBe(false);
    expect(held.open("UDP", "", 80)).toBe(true);
    held.close("TCP", "192.0.2.1", 80);
    held.close("TCP", "192.0.2.2", 80);
    expect(held.open("TCP", "", 80)).toBe(true);
    expect(held.open("TCP", "192.0.2.1", 80)).toBe(false);
  });
});

describe("--proxy-port-range", () => {
  test.each([
    ["", undefined],
    ["0", undefined],
    ["0-0", undefined],
    ["30000", { base: 30000, size: 1 }],
    [" 30000-30009 ", { base: 30000, size: 10 }],
    ["30000+9", { base: 30000, size: 10 }],
  ])("%j", (text, expected) => {
    expect(parsePortRange(text)).toEqual(expected);
  });

  test.each([
    ["30000-29999", "end port cannot be less than start port: 30000-29999"],
    ["65000+1000", "the port range cannot be greater than 65535: 65000+1000"],
    ["a-b", "unable to parse port range: a-b"],
  ])("%j is refused", (text, message) => {
    expect(() => parsePortRange(text)).toThrow(message);
  });
});
