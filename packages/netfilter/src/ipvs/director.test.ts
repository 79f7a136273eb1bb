import { addressWords, formatAddress, type IpAddress } from "@kubenetsim/core/net/address";
import { joinHostPort } from "@kubenetsim/core/net/endpoint-text";
import { protocolNumbers } from "@kubenetsim/core/net/protocol";
import { type Clock, virtualClock } from "@kubenetsim/core/runtime/clock";
import { ipvsSchedulers } from "@kubenetsim/schedulers/ipvs/table";
import { beforeEach, describe, expect, test } from "vitest";
import { Meter } from "../engine/meter.ts";
import { ctState, Packet, tcpFlag } from "../engine/packet.ts";
import { recordLength, Tape, tapeKind } from "../engine/tape.ts";
import { verdict } from "../engine/verdict.ts";
import type { RealServer, VirtualServer } from "../ruleset/virtual-server.ts";
import { IpvsDirector } from "./director.ts";
import { kernelSysctls, kubeProxySysctls, readIpvsSysctls } from "./settings.ts";

const client = "10.244.0.9" as IpAddress;
const vip = "10.96.0.10" as IpAddress;

function real(address: string, values: Partial<RealServer> = {}): RealServer {
  return {
    address: address as IpAddress,
    port: 8080,
    weight: 1,
    forward: "Masq",
    upperThreshold: 0,
    lowerThreshold: 0,
    ...values,
  };
}

function virtual(values: Partial<VirtualServer> = {}): VirtualServer {
  return {
    protocol: "TCP",
    address: vip,
    port: 80,
    scheduler: "rr",
    schedulerFlags: [],
    persistenceTimeout: undefined,
    persistenceNetmask: undefined,
    realServers: [real("10.244.1.1"), real("10.244.1.2")],
    origin: undefined,
    ...values,
  };
}

function packetTo(address: IpAddress, port: number, values: Partial<Packet> = {}): Packet {
  const packet = new Packet();
  packet.protocol = protocolNumbers.TCP;
  packet.v6 = address.includes(":");
  const source = packet.v6 ? addressWords("fd00::9" as IpAddress) : addressWords(client);
  [packet.src0, packet.src1, packet.src2, packet.src3] = [source[0]!, source[1] ?? 0, source[2] ?? 0, source[3] ?? 0];
  const to = addressWords(address);
  [packet.dst0, packet.dst1, packet.dst2, packet.dst3] = [to[0]!, to[1] ?? 0, to[2] ?? 0, to[3] ?? 0];
  packet.sourcePort = 40000;
  packet.destinationPort = port;
  return Object.assign(packet, values);
}

function destination(packet: Packet): string {
  const words = [packet.dst0, packet.dst1, packet.dst2, packet.dst3].slice(0, packet.v6 ? 4 : 1);
  return joinHostPort(formatAddress(words), packet.destinationPort);
}

function source(packet: Packet): string {
  const words = [packet.src0, packet.src1, packet.src2, packet.src3].slice(0, packet.v6 ? 4 : 1);
  return joinHostPort(formatAddress(words), packet.sourcePort);
}

/** The answer to a packet that has reached its real server. */
function answerTo(packet: Packet, tcpFlags: number): Packet {
  const answer = new Packet();
  answer.v6 = packet.v6;
  answer.protocol = packet.protocol;
  [answer.src0, answer.src1, answer.src2, answer.src3] = [packet.dst0, packet.dst1, packet.dst2, packet.dst3];
  [answer.dst0, answer.dst1, answer.dst2, answer.dst3] = [packet.src0, packet.src1, packet.src2, packet.src3];
  answer.sourcePort = packet.destinationPort;
  answer.destinationPort = packet.sourcePort;
  answer.tcpFlags = tcpFlags;
  return answer;
}

let clock: Clock;
let director: IpvsDirector;
let meter: Meter;

beforeEach(() => {
  clock = virtualClock();
  director = new IpvsDirector({ clock, schedulers: ipvsSchedulers });
  meter = new Meter();
});

/** Opens a connection; where it goes, or the verdict when it goes nowhere. */
function open(sourcePort: number, values: Partial<Packet> = {}): string | number {
  const packet = packetTo(vip, 80, { sourcePort, ...values });
  const result = director.incoming(packet, meter, null);
  return result === verdict.stolen ? destination(packet) : result;
}

describe("a packet to a virtual server", () => {
  test.for<[string, IpAddress, string, string]>([
    ["IPv4", vip, "10.244.1.2", "10.244.1.2:8080"],
    ["IPv6", "fd00:10:96::a" as IpAddress, "fd00:10:244::2", "[fd00:10:244::2]:8080"],
  ])("%s: goes to a real server, and its answer comes from the virtual one", ([, address, server, expected]) => {
    director.load([virtual({ address, realServers: [real(server)] })]);
    const packet = packetTo(address, 80);
    expect(director.incoming(packet, meter, null)).toBe(verdict.stolen);
    expect(destination(packet)).toBe(expected);
    const answer = answerTo(packet, tcpFlag.SYN | tcpFlag.ACK);
    expect(director.outgoing(answer, meter, null)).toBe(true);
    expect(source(answer)).toBe(joinHostPort(address, 80));
    expect(director.listConnections()).toMatchObject([{ state: "SYN_RECV", expiresInMs: 60_000 }]);
  });

  test("is left alone when it is for something else", () => {
    director.load([virtual()]);
    expect(director.incoming(packetTo(vip, 81), meter, null)).toBe(verdict.accept);
    expect(director.incoming(packetTo("10.96.0.11" as IpAddress, 80), meter, null)).toBe(verdict.accept);
    expect(director.incoming(packetTo(vip, 80, { protocol: protocolNumbers.UDP }), meter, null)).toBe(verdict.accept);
    expect(director.incoming(packetTo(vip, 80, { protocol: protocolNumbers.ICMP }), meter, null)).toBe(verdict.accept);
    expect(director.listConnections()).toEqual([]);
  });

  test("of a connection that nobody knows is none of IPVS's business", () => {
    director.load([virtual()]);
    expect(open(40000, { tcpFlags: tcpFlag.ACK })).toBe(verdict.accept);
    expect(open(40000, { tcpFlags: tcpFlag.RST })).toBe(verdict.accept);
  });

  test("from the FTP data port is never scheduled", () => {
    director.load([virtual()]);
    expect(open(20)).toBe(verdict.accept);
  });

  test("is rejected when there is no real server, or none that takes it", () => {
    director.load([virtual({ realServers: [] })]);
    expect(open(40000)).toBe(verdict.reject);
    director.load([virtual({ realServers: [real("10.244.1.1", { weight: 0 })] })]);
    expect(open(40000)).toBe(verdict.reject);
  });

  test("that IPVS has rewritten is not looked at again", () => {
    director.load([virtual()]);
    const packet = packetTo(vip, 80);
    director.incoming(packet, meter, null);
    const lookups = meter.hashLookups;
    expect(director.incoming(packet, meter, null)).toBe(verdict.accept);
    expect(director.outgoing(packet, meter, null)).toBe(false);
    expect(meter.hashLookups).toBe(lookups);
  });

  test("costs two look-ups for a new connection and one later, whatever the number of services", () => {
    const many = Array.from({ length: 3000 }, (_, i) => virtual({ port: 1000 + i }));
    director.load([...many, virtual()]);
    open(40000);
    expect(meter).toMatchObject({ hashLookups: 2, serversExamined: 1 });
    meter.reset();
    open(40000, { tcpFlags: tcpFlag.ACK });
    expect(meter).toMatchObject({ hashLookups: 1, serversExamined: 0 });
  });

  test("costs nothing before there is any virtual server", () => {
    expect(open(40000)).toBe(verdict.accept);
    expect(meter.hashLookups).toBe(0);
  });
});

test("the tape says who was chosen, and how the packet looked before and after", () => {
  director.load([virtual()]);
  const tape = new Tape();
  director.incoming(packetTo(vip, 80), meter, tape);
  const records = Array.from({ length: tape.length }, (_, i) => [
    ...tape.words.subarray(i * recordLength, (i + 1) * recordLength),
  ]);
  expect(records.map(([kind]) => kind)).toEqual([tapeKind.ipvs, tapeKind.header, tapeKind.dnat, tapeKind.header]);
  const [, virtualIndex, realIndex, by] = records[0]!;
  expect(director.virtualServerAt(virtualIndex!)).toMatchObject({ address: vip, scheduler: "rr" });
  expect(director.realServerAt(realIndex!)).toMatchObject({ address: "10.244.1.2" });
  expect(by).toBe(0);
  expect(records[1]!.slice(8, 13)).toEqual([addressWords(vip)[0], 0, 0, 0, 80]);
  expect(records[3]!.slice(8, 13)).toEqual([addressWords("10.244.1.2" as IpAddress)[0], 0, 0, 0, 8080]);
});

describe("-m ipvs", () => {
  test("knows packets that run to a real server, by their virtual one", () => {
    director.load([virtual()]);
    const packet = packetTo(vip, 80);
    expect(director.belongs(packet, undefined, undefined, undefined)).toBe(false);
    director.incoming(packet, meter, null);
    expect(director.belongs(packet, undefined, undefined, undefined)).toBe(true);
    expect(director.belongs(packet, addressWords(vip), protocolNumbers.TCP, 80)).toBe(true);
    expect(director.belongs(packet, addressWords(vip), protocolNumbers.UDP, 80)).toBe(false);
    expect(director.belongs(packet, addressWords(vip), protocolNumbers.TCP, 81)).toBe(false);
    expect(director.belongs(packet, addressWords(client), protocolNumbers.TCP, 80)).toBe(false);
    const answer = answerTo(packet, tcpFlag.ACK);
    director.outgoing(answer, meter, null);
    expect(director.belongs(answer, undefined, undefined, undefined)).toBe(false);
  });
});

describe("changing virtual servers", () => {
  test("loading what is there changes nothing: the scheduler goes on where it stood", () => {
    director.load([virtual(), virtual({ port: 81 })]);
    expect(open(1)).toBe("10.244.1.2:8080");
    director.load([virtual({ port: 82 }), virtual()]);
    expect(open(2)).toBe("10.244.1.1:8080");
    expect(
      director
        .list()
        .map(({ virtualServer }) => virtualServer.port)
        .sort(),
    ).toEqual([80, 82]);
  });

  test("a family is loaded without the other", () => {
    const six = virtual({ address: "fd00:10:96::a" as IpAddress, realServers: [real("fd00:10:244::2")] });
    director.load([virtual()], "IPv4");
    director.load([six], "IPv6");
    expect(director.list()).toHaveLength(2);
    director.load([], "IPv4");
    expect(director.list().map(({ virtualServer }) => virtualServer.address)).toEqual([six.address]);
    director.load([]);
    expect(director.list()).toEqual([]);
  });

  test("a value that was loaded is loaded again after a single change of it", () => {
    const whole = virtual();
    director.load([whole]);
    director.deleteRealServer(whole, "10.244.1.1" as IpAddress, 8080);
    director.load([whole]);
    expect(director.list()[0]!.realServers).toHaveLength(2);
    director.deleteVirtualServer(whole);
    director.load([whole]);
    expect(director.list()[0]!.realServers).toHaveLength(2);
  });

  test("a new real server stands first, the others keep their connections", () => {
    director.load([virtual()]);
    open(1);
    director.load([virtual({ realServers: [real("10.244.1.1"), real("10.244.1.2"), real("10.244.1.3")] })]);
    const [listing] = director.list();
    expect(
      listing!.realServers.map(({ realServer, activeConnections }) => [realServer.address, activeConnections]),
    ).toEqual([
      ["10.244.1.3", 0],
      ["10.244.1.2", 1],
      ["10.244.1.1", 0],
    ]);
  });

  test("another scheduler starts from the beginning and keeps the connections", () => {
    director.load([virtual({ scheduler: "lc" })]);
    open(1);
    expect(open(2)).toBe("10.244.1.1:8080");
    director.load([virtual({ scheduler: "rr" })]);
    expect(open(3)).toBe("10.244.1.2:8080");
    expect(open(1, { tcpFlags: tcpFlag.ACK })).toBe("10.244.1.2:8080");
  });

  test("an unknown scheduler or forwarding method is named", () => {
    expect(() => director.load([virtual({ scheduler: "twos" })])).toThrow(
      'IPVS scheduler "twos" is not modelled (TCP 10.96.0.10:80; modelled are rr, wrr, lc, wlc, sed, nq, sh, dh, mh, lblc, lblcr, fo, ovf); see docs/divergences.md',
    );
    director.load([virtual({ realServers: [real("10.244.1.1", { forward: "Tunnel" })] })]);
    expect(() => open(1)).toThrow("IPVS forwarding method Tunnel is not modelled (TCP 10.96.0.10:80)");
  });
});

describe("a real server that is taken away", () => {
  test("its packets are scheduled anew as kube-proxy wants it, and dropped by the kernel's default", () => {
    for (const [expireNodestConn, expected] of [
      [true, verdict.accept],
      [false, verdict.drop],
    ] as const) {
      director = new IpvsDirector({ clock, schedulers: ipvsSchedulers });
      director.configure({ sysctls: { expireNodestConn } });
      director.load([virtual()]);
      open(1);
      director.deleteRealServer(virtual(), "10.244.1.2" as IpAddress, 8080);
      // A packet that opens nothing finds no connection any more.
      expect(open(1, { tcpFlags: tcpFlag.ACK })).toBe(expected);
    }
  });

  test("a new packet of an entry that conntrack holds is dropped once", () => {
    director.load([virtual()]);
    open(1);
    director.deleteRealServer(virtual(), "10.244.1.2" as IpAddress, 8080);
    expect(open(1, { ctState: ctState.established })).toBe(verdict.drop);
    expect(open(1, { ctState: ctState.new })).toBe("10.244.1.1:8080");
  });

  test("comes back with its connections within two minutes of the last one, later without", () => {
    director.configure({ sysctls: { expireNodestConn: false } });
    director.load([virtual({ realServers: [real("10.244.1.1")] })]);
    open(1);
    director.deleteRealServer(virtual(), "10.244.1.1" as IpAddress, 8080);
    expect(director.list()[0]!.realServers).toEqual([]);
    clock.advance(1000);
    director.addRealServer(virtual(), real("10.244.1.1"));
    expect(director.list()[0]!.realServers).toMatchObject([{ activeConnections: 1, counters: { connections: 1 } }]);
    director.deleteRealServer(virtual(), "10.244.1.1" as IpAddress, 8080);
    // SYN_RECV for one minute, found idle at the next look, then two minutes more.
    clock.advance(60_000 + 60_000 + 180_000);
    director.addRealServer(virtual(), real("10.244.1.1"));
    expect(director.list()[0]!.realServers).toMatchObject([{ activeConnections: 0, counters: { connections: 0 } }]);
  });
});

describe("persistence", () => {
  const sticky = virtual({ persistenceTimeout: 300, persistenceNetmask: 24 });

  test("a network stays with its server; each connection starts the time anew", () => {
    director.load([sticky]);
    const word = addressWords("10.244.0.200" as IpAddress)[0]!;
    expect(open(1)).toBe("10.244.1.2:8080");
    clock.advance(299_000);
    expect(open(2, { src0: word })).toBe("10.244.1.2:8080");
    clock.advance(299_000);
    expect(open(3)).toBe("10.244.1.2:8080");
    clock.advance(301_000);
    expect(open(4)).toBe("10.244.1.1:8080");
  });

  test("a quiesced server keeps its clients only where templates do not expire with it", () => {
    for (const [expireQuiescentTemplate, expected] of [
      [true, "10.244.1.1:8080"],
      [false, "10.244.1.2:8080"],
    ] as const) {
      director = new IpvsDirector({ clock, schedulers: ipvsSchedulers });
      director.configure({ sysctls: { expireQuiescentTemplate } });
      director.load([sticky]);
      open(1);
      director.editRealServer(sticky, real("10.244.1.2", { weight: 0 }));
      expect(open(2)).toBe(expected);
    }
  });

  test("a template outlives its time while it controls connections", () => {
    director.load([virtual({ persistenceTimeout: 1 })]);
    const packet = packetTo(vip, 80);
    director.incoming(packet, meter, null);
    director.outgoing(answerTo(packet, tcpFlag.SYN | tcpFlag.ACK), meter, null);
    open(40000, { tcpFlags: tcpFlag.ACK });
    clock.advance(120_000);
    expect(director.listConnections().map(({ state }) => state)).toEqual(
      expect.arrayContaining(["ASSURED", "ESTABLISHED"]),
    );
    expect(open(2)).toBe("10.244.1.2:8080");
    clock.advance(2_000_000);
    expect(director.listConnections()).toEqual([]);
  });
});

describe("firewall marks", () => {
  test("packets with the mark go to its servers, on their own port where the server names none", () => {
    const marked = virtual({
      fwmark: 7,
      address: "0.0.0.0" as IpAddress,
      port: 0,
      realServers: [real("10.244.1.1", { port: 0 })],
    });
    director.load([marked]);
    expect(open(1)).toBe(verdict.accept);
    expect(open(1, { mark: 7 })).toBe("10.244.1.1:80");
  });

  test("with persistence a client has one template for all destinations and ports", () => {
    director.load([virtual({ fwmark: 7, persistenceTimeout: 300 })]);
    expect(open(1, { mark: 7 })).toBe("10.244.1.2:80");
    const elsewhere = packetTo("10.97.0.1" as IpAddress, 443, { mark: 7 });
    expect(director.incoming(elsewhere, meter, null)).toBe(verdict.stolen);
    expect(destination(elsewhere)).toBe("10.244.1.2:443");
    expect(director.listConnections().filter(({ template }) => template)).toMatchObject([
      { protocol: "IP", client: { address: client, port: 0 }, virtual: { address: "0.0.0.7", port: 0 } },
    ]);
  });
});

test("sysctls by their paths", () => {
  const read = readIpvsSysctls(
    new Map([
      ["net/ipv4/vs/conntrack", 1],
      ["net/ipv4/vs/expire_nodest_conn", 1],
      ["net/ipv4/vs/expire_quiescent_template", 1],
      ["net/ipv4/ip_forward", 1],
    ]),
  );
  expect(read).toEqual(kubeProxySysctls);
  expect(readIpvsSysctls(new Map())).toEqual(kernelSysctls);
});

describe("a service without a port", () => {
  test("takes all ports where it is persistent, and none otherwise", () => {
    director.load([virtual({ port: 0, persistenceTimeout: 300, realServers: [real("10.244.1.1", { port: 0 })] })]);
    expect(open(1)).toBe("10.244.1.1:80");
    director.load([virtual({ port: 0, realServers: [real("10.244.1.1", { port: 0 })] })]);
    expect(open(2)).toBe(verdict.reject);
  });
});

test("five thousand connections find their way back, each to its own server", () => {
  const realServers = Array.from({ length: 7 }, (_, i) => real(`10.244.1.${i + 1}`));
  director.load([virtual({ realServers })]);
  const ports = Array.from({ length: 5000 }, (_, i) => 1024 + i);
  const servers = ports.map((port) => open(port));
  expect(new Set(servers).size).toBe(7);
  expect(ports.map((port) => open(port, { tcpFlags: tcpFlag.ACK }))).toEqual(servers);
  clock.advance(1_000_000);
  expect(director.listConnections()).toEqual([]);
});

test("a fork has its connections in the same slots, and gives new ones the same", () => {
  director.load([virtual()]);
  for (let port = 1; port <= 300; port++) open(port);
  clock.advance(2_000);
  for (let port = 301; port <= 320; port++) open(port);
  clock.advance(59_000);
  const twin = director.fork(clock.fork());
  expect(director.listConnections().length).toBe(20);
  expect(twin.listConnections()).toEqual(director.listConnections());
  for (const one of [director, twin]) {
    for (let port = 400; port <= 410; port++) one.incoming(packetTo(vip, 80, { sourcePort: port }), meter, null);
  }
  expect(twin.listConnections()).toEqual(director.listConnections());
});

test("a fork goes its own way", () => {
  director.load([virtual()]);
  open(1);
  const twin = director.fork(clock.fork());
  const before = JSON.stringify(director.save());
  expect(JSON.stringify(twin.save())).toBe(before);
  twin.load([]);
  expect(JSON.stringify(director.save())).toBe(before);
  expect(open(2)).toBe("10.244.1.1:8080");
});
