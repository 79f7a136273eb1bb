import { fc, test } from "@fast-check/vitest";
import { addressWords, formatAddress, type IpAddress } from "@kubenetsim/core/net/address";
import { protocolNumbers } from "@kubenetsim/core/net/protocol";
import { type Clock, virtualClock } from "@kubenetsim/core/runtime/clock";
import { ipvsSchedulers } from "@kubenetsim/schedulers/ipvs/table";
import { expect } from "vitest";
import { Meter } from "../engine/meter.ts";
import { Packet } from "../engine/packet.ts";
import { verdict } from "../engine/verdict.ts";
import type { VirtualServer } from "../ruleset/virtual-server.ts";
import { IpvsDirector } from "./director.ts";

const vip = "10.96.0.10" as IpAddress;

const event = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("packet" as const),
      client: fc.nat({ max: 6 }),
      flags: fc.constantFrom(2, 16, 17, 4),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("answer" as const),
      client: fc.nat({ max: 6 }),
      flags: fc.constantFrom(18, 16, 17, 4),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("server" as const),
      server: fc.nat({ max: 3 }),
      weight: fc.nat({ max: 3 }),
      upperThreshold: fc.nat({ max: 4 }),
      lowerThreshold: fc.nat({ max: 2 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("remove" as const), server: fc.nat({ max: 3 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("wait" as const), seconds: fc.constantFrom(1, 30, 130, 1000) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("scheduler" as const),
      name: fc.constantFrom(...Object.keys(ipvsSchedulers)),
    }),
  },
);
type Event = typeof event extends fc.Arbitrary<infer T> ? T : never;
type Setup = typeof setup extends fc.Arbitrary<infer T> ? T : never;

const setup = fc.record({
  scheduler: fc.constantFrom(...Object.keys(ipvsSchedulers)),
  persistenceTimeout: fc.constantFrom(undefined, 60),
  expireNodestConn: fc.boolean(),
  expireQuiescentTemplate: fc.boolean(),
});

/** A virtual server on its way through events, through what kube-proxy and packets can do to it. */
class World {
  director: IpvsDirector;
  clock: Clock = virtualClock();
  virtualServer: VirtualServer;
  readonly meter = new Meter();
  /** Where each client's last packet went. */
  readonly reached = new Map<number, string>();

  constructor({ scheduler, persistenceTimeout, ...sysctls }: Setup) {
    this.director = new IpvsDirector({ clock: this.clock, schedulers: ipvsSchedulers });
    this.director.configure({ sysctls });
    this.virtualServer = {
      protocol: "TCP",
      address: vip,
      port: 80,
      scheduler,
      schedulerFlags: [],
      persistenceTimeout,
      persistenceNetmask: undefined,
      realServers: [],
      origin: undefined,
    };
    this.director.load([this.virtualServer]);
  }

  /** What the event came to, as text. */
  play(happening: Event): string {
    switch (happening.kind) {
      case "packet":
        return this.#send(happening.client, happening.flags);
      case "answer":
        return this.#answer(happening.client, happening.flags);
      case "server": {
        const { kind: _, server, ...numbers } = happening;
        const values = { ...numbers, lowerThreshold: Math.min(numbers.lowerThreshold, numbers.upperThreshold) };
        const changed = { address: `10.244.1.${server}` as IpAddress, port: 8080, forward: "Masq" as const, ...values };
        this.#sync([...this.virtualServer.realServers.filter(({ address }) => address !== changed.address), changed]);
        return "set";
      }
      case "remove":
        this.#sync(this.virtualServer.realServers.filter(({ address }) => address !== `10.244.1.${happening.server}`));
        return "removed";
      case "wait":
        this.clock.advance(happening.seconds * 1000);
        return "waited";
      case "scheduler":
        this.virtualServer = { ...this.virtualServer, scheduler: happening.name };
        this.director.setVirtualServer(this.virtualServer);
        return "scheduled";
      default:
        return happening satisfies never;
    }
  }

  #sync(realServers: VirtualServer["realServers"]): void {
    this.virtualServer = { ...this.virtualServer, realServers };
    this.director.setVirtualServer(this.virtualServer);
  }

  #send(client: number, flags: number): string {
    const packet = this.#packet(flags);
    packet.src0 = addressWords(`10.0.0.${client}` as IpAddress)[0]!;
    packet.sourcePort = 1000 + client;
    packet.dst0 = addressWords(vip)[0]!;
    packet.destinationPort = 80;
    const result = this.director.incoming(packet, this.meter, null);
    if (result !== verdict.stolen) return String(result);
    const server = formatAddress([packet.dst0]);
    this.reached.set(client, server);
    return server;
  }

  #answer(client: number, flags: number): string {
    const server = this.reached.get(client);
    if (server === undefined) return "nobody";
    const packet = this.#packet(flags);
    packet.src0 = addressWords(server as IpAddress)[0]!;
    packet.sourcePort = 8080;
    packet.dst0 = addressWords(`10.0.0.${client}` as IpAddress)[0]!;
    packet.destinationPort = 1000 + client;
    return String(this.director.outgoing(packet, this.meter, null));
  }

  #packet(flags: number): Packet {
    const packet = new Packet();
    packet.protocol = protocolNumbers.TCP;
    packet.tcpFlags = flags;
    return packet;
  }
}

const active = new Set(["ESTABLISHED", "SYN_SENT", "SYN_RECV", "SYNACK"]);

test.prop([setup, fc.array(event, { maxLength: 60 })])("counts are those of the connections", (start, events) => {
  const world = new World(start);
  for (const happening of events) {
    world.play(happening);
    const connections = world.director.listConnections();
    for (const listing of world.director.list()[0]!.realServers) {
      const own = connections.filter(({ real }) => real.address === listing.realServer.address);
      const plain = own.filter(({ template }) => !template);
      expect(listing.activeConnections).toBe(plain.filter(({ state }) => active.has(state)).length);
      expect(listing.inactiveConnections).toBe(plain.filter(({ state }) => !active.has(state)).length);
      // An invalidated template still counts for its server until it goes.
      expect(listing.persistentConnections).toBe(own.length - plain.length);
    }
  }
});

test.prop([setup, fc.array(event, { maxLength: 60 })])(
  "new connections go only to servers that take some",
  (start, events) => {
    fc.pre(start.persistenceTimeout === undefined);
    const world = new World(start);
    for (const happening of events) {
      const before = world.director.listConnections().length;
      const outcome = world.play(happening);
      if (happening.kind !== "packet" || world.director.listConnections().length <= before) continue;
      const server = world.virtualServer.realServers.find(({ address }) => address === outcome);
      expect(server!.weight).toBeGreaterThan(0);
    }
  },
);

/** A template that came too early for its connection, and then has its time with it. */
const togetherAtLast: [Setup, Event[], Event[]] = [
  { scheduler: "rr", persistenceTimeout: 60, expireNodestConn: false, expireQuiescentTemplate: false },
  [
    { kind: "server", server: 0, weight: 1, upperThreshold: 0, lowerThreshold: 0 },
    { kind: "packet", client: 5, flags: 2 },
    { kind: "answer", client: 5, flags: 17 },
  ],
  [{ kind: "wait", seconds: 130 }],
];

test.prop([setup, fc.array(event, { maxLength: 40 }), fc.array(event, { maxLength: 40 })], {
  examples: [togetherAtLast],
})("what was JSON for a while goes on as if nothing had been", (start, before, after) => {
  const world = new World(start);
  for (const happening of before) world.play(happening);
  const state = JSON.parse(JSON.stringify(world.director.save()));
  const twin = new World(start);
  twin.virtualServer = world.virtualServer;
  twin.clock = world.clock.fork();
  twin.director = IpvsDirector.restore(state, { clock: twin.clock, schedulers: ipvsSchedulers });
  for (const [client, server] of world.reached) twin.reached.set(client, server);
  expect(JSON.parse(JSON.stringify(twin.director.save())).virtualServers).toEqual(state.virtualServers);
  expect(twin.director.listConnections()).toEqual(world.director.listConnections());
  for (const happening of after) expect(twin.play(happening)).toBe(world.play(happening));
  expect(twin.director.list()).toEqual(world.director.list());
  expect(twin.director.listConnections()).toEqual(world.director.listConnections());
});

test.prop([setup, fc.array(event, { maxLength: 40 })])("in the end nothing is left", (start, events) => {
  const world = new World(start);
  for (const happening of events) world.play(happening);
  world.clock.advance(24 * 3600 * 1000);
  expect(world.director.listConnections()).toEqual([]);
  for (const listing of world.director.list()[0]!.realServers) {
    expect(listing).toMatchObject({ activeConnections: 0, inactiveConnections: 0, persistentConnections: 0 });
  }
});
