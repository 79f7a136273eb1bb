import { addressWords, type IpAddress } from "@kubenetsim/core/net/address";
import { protocolNumbers } from "@kubenetsim/core/net/protocol";
import { type Clock, virtualClock } from "@kubenetsim/core/runtime/clock";
import { ipvsSchedulers } from "@kubenetsim/schedulers/ipvs/table";
import { beforeEach, describe, expect, test } from "vitest";
import { Meter } from "../engine/meter.ts";
import { Packet, tcpFlag } from "../engine/packet.ts";
import type { RealServer, VirtualServer } from "../ruleset/virtual-server.ts";
import { IpvsDirector } from "./director.ts";

let clock: Clock;
let director: IpvsDirector;

function real(address: string): RealServer {
  return {
    address: address as IpAddress,
    port: 8080,
    weight: 1,
    forward: "Masq",
    upperThreshold: 0,
    lowerThreshold: 0,
  };
}

/** A mark's, so that it has many destinations. */
const marked: VirtualServer = {
  protocol: "TCP",
  address: "0.0.0.0" as IpAddress,
  port: 0,
  fwmark: 1,
  scheduler: "rr",
  schedulerFlags: [],
  persistenceTimeout: undefined,
  persistenceNetmask: undefined,
  realServers: [real("10.244.1.1"), real("10.244.1.2")],
  origin: undefined,
};

function open(client: number, destination = "10.96.0.1"): void {
  const packet = new Packet();
  packet.protocol = protocolNumbers.TCP;
  packet.tcpFlags = tcpFlag.SYN;
  packet.mark = 1;
  packet.src0 = addressWords("10.0.0.1" as IpAddress)[0]!;
  packet.sourcePort = client;
  packet.dst0 = addressWords(destination as IpAddress)[0]!;
  packet.destinationPort = 80;
  director.incoming(packet, new Meter(), null);
}

function connectionsOf(address: string): number | undefined {
  return director.list()[0]!.realServers.find(({ realServer }) => realServer.address === address)?.activeConnections;
}

beforeEach(() => {
  clock = virtualClock();
  director = new IpvsDirector({ clock, schedulers: ipvsSchedulers });
});

describe("expire_nodest_conn", () => {
  const removed = "10.244.1.2" as IpAddress;

  test.for([
    [true, 0],
    [false, 1],
  ] as const)(
    "ends the connections of a real server that is taken away a moment later: %s",
    ([expireNodestConn, kept]) => {
      director.configure({ sysctls: { expireNodestConn } });
      director.load([marked]);
      open(1);
      expect(connectionsOf(removed)).toBe(1);
      director.deleteRealServer(marked, removed, 8080);
      clock.advance(1000);
      director.addRealServer(marked, real(removed));
      expect(connectionsOf(removed)).toBe(kept);
      expect(director.listConnections()).toHaveLength(kept);
    },
  );

  test("spares those of one that is back by then", () => {
    director.load([marked]);
    open(1);
    director.deleteRealServer(marked, removed, 8080);
    director.addRealServer(marked, real(removed));
    clock.advance(1000);
    expect(connectionsOf(removed)).toBe(1);
  });

  test("ends the persistence templates too, and what a fork holds", () => {
    director.load([{ ...marked, persistenceTimeout: 300, persistenceNetmask: 32 }]);
    open(1);
    open(2);
    director.deleteVirtualServer(marked);
    const fork = director.fork(clock);
    expect(fork.hasConnections).toBe(true);
    clock.advance(4);
    expect([director.hasConnections, fork.hasConnections]).toEqual([false, false]);
  });
});

test.each(["lblc", "lblcr"])("net.ipv4.vs.%s_expiration says when a destination is forgotten", (scheduler) => {
  const tenMinutes = { lblcExpiration: 600, lblcrExpiration: 600 };
  for (const [sysctls, server] of [
    [tenMinutes, "10.244.1.1"],
    [{}, "10.244.1.2"],
  ] as const) {
    director = new IpvsDirector({ clock, schedulers: ipvsSchedulers });
    director.configure({ sysctls });
    director.load([{ ...marked, scheduler }]);
    open(1, "10.96.0.1");
    // The one behind the first destination has another connection when that is asked for again.
    clock.advance(40 * 60_000);
    director.editRealServer(marked, { ...real("10.244.1.1"), weight: 0 });
    open(2, "10.96.0.2");
    director.editRealServer(marked, real("10.244.1.1"));
    expect(connectionsOf("10.244.1.2")).toBe(1);
    open(3, "10.96.0.1");
    expect(connectionsOf(server)).toBe(server === "10.244.1.2" ? 2 : 1);
  }
});

test("what was due under the old expiration is gone before the new one holds", () => {
  director.configure({ sysctls: { lblcExpiration: 600 } });
  director.load([{ ...marked, scheduler: "lblc" }]);
  open(1);
  clock.advance(40 * 60_000);
  director.configure({ sysctls: { lblcExpiration: 86_400 } });
  open(2, "10.96.0.2");
  open(3);
  expect([connectionsOf("10.244.1.1"), connectionsOf("10.244.1.2")]).toEqual([1, 1]);
});
