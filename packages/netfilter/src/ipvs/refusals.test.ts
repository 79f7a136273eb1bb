import type { IpAddress } from "@kubenetsim/core/net/address";
import { virtualClock } from "@kubenetsim/core/runtime/clock";
import { InvariantError, ParseError, UnsupportedError } from "@kubenetsim/core/runtime/errors";
import { ipvsSchedulers } from "@kubenetsim/schedulers/ipvs/table";
import { describe, expect, test } from "vitest";
import type { RealServer, SchedulerFlag, VirtualServer } from "../ruleset/virtual-server.ts";
import { IpvsDirector } from "./director.ts";

const one: RealServer = {
  address: "10.244.1.1" as IpAddress,
  port: 8080,
  weight: 1,
  forward: "Masq",
  upperThreshold: 0,
  lowerThreshold: 0,
};
const service: VirtualServer = {
  protocol: "TCP",
  address: "10.96.0.10" as IpAddress,
  port: 80,
  scheduler: "wrr",
  schedulerFlags: [],
  persistenceTimeout: undefined,
  persistenceNetmask: undefined,
  realServers: [one],
  origin: undefined,
};
const another = { ...service, port: 81 };

/** The director with `service`, unchanged by what it refuses. */
function expectRefusal(call: (director: IpvsDirector) => void, type: unknown, message: string): void {
  const director = new IpvsDirector({ clock: virtualClock(), schedulers: ipvsSchedulers });
  director.load([service]);
  const before = director.save();
  expect(() => call(director)).toThrow(type as new () => Error);
  expect(() => call(director)).toThrow(message);
  expect(director.save()).toEqual(before);
}

describe("a virtual server is refused whole", () => {
  test.for<[string, Partial<VirtualServer>, unknown, string]>([
    ["an unknown scheduler", { scheduler: "fifo" }, UnsupportedError, "modelled are rr, wrr, lc"],
    ["an unknown flag", { schedulerFlags: ["sh-fast" as SchedulerFlag] }, UnsupportedError, "flags are sh-fallback"],
    ["a port", { port: 65_536 }, ParseError, "port must be a whole number from 0 to 65535, not 65536"],
    ["a mark", { fwmark: 0 }, ParseError, "fwmark must be"],
    ["a time", { persistenceTimeout: 1.5 }, ParseError, "persistenceTimeout must be"],
    ["a mask", { persistenceTimeout: 5, persistenceNetmask: 33 }, ParseError, "from 0 to 32, not 33"],
    [
      "a real server twice",
      { realServers: [one, { ...one, weight: 2 }] },
      ParseError,
      "10.244.1.1:8080 stands there twice",
    ],
    [
      "a weight",
      { realServers: [{ ...one, weight: -1 }] },
      ParseError,
      "weight must be a whole number from 0 to 2147483647",
    ],
  ])("for %s", ([, values, type, message]) => {
    const wrong = { ...another, ...values };
    expectRefusal((director) => director.load([another, wrong]), type, message);
    expectRefusal((director) => director.setVirtualServer(wrong), type, message);
    if (values.port !== undefined || values.fwmark !== undefined) return;
    expectRefusal((director) => director.editVirtualServer({ ...service, ...values }), type, message);
  });
});

describe("a real server is refused", () => {
  test.for<[string, Partial<RealServer>, string]>([
    ["a negative weight", { weight: -1 }, "weight must be a whole number from 0 to 2147483647, not -1"],
    ["half a weight", { weight: 0.5 }, "not 0.5"],
    ["a weight of more than 31 bits", { weight: 2 ** 31 }, "not 2147483648"],
    ["no number", { weight: Number.NaN }, "not NaN"],
    [
      "thresholds that are crossed",
      { upperThreshold: 3, lowerThreshold: 4 },
      "lowerThreshold 4 is above upperThreshold 3",
    ],
    ["a lower threshold without an upper one", { lowerThreshold: 1 }, "above upperThreshold 0"],
    ["the other family", { address: "fd00::1" as IpAddress }, "only a tunnel"],
  ])("for %s", ([, values, message]) => {
    expectRefusal((director) => director.addRealServer(service, { ...one, port: 1, ...values }), ParseError, message);
    expectRefusal((director) => director.editRealServer(service, { ...one, ...values }), ParseError, message);
  });

  test("when it is there already, or not", () => {
    expectRefusal((director) => director.addRealServer(service, one), InvariantError, "already exists");
    expectRefusal(
      (director) => director.editRealServer(service, { ...one, port: 1 }),
      InvariantError,
      "no IPVS destination",
    );
    expectRefusal(
      (director) => director.deleteVirtualServer(another),
      InvariantError,
      "no IPVS service TCP 10.96.0.10:81",
    );
  });
});

test("the largest weight is taken", () => {
  const director = new IpvsDirector({ clock: virtualClock(), schedulers: ipvsSchedulers });
  director.load([{ ...service, realServers: [{ ...one, weight: 2 ** 31 - 1 }] }]);
  expect(director.list()[0]!.realServers[0]!.realServer.weight).toBe(2147483647);
});
