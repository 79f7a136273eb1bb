import { formatAddress, type IpAddress } from "@kubenetsim/core/net/address";
import { Meter } from "@kubenetsim/netfilter/engine/meter";
import { Packet } from "@kubenetsim/netfilter/engine/packet";
import { IpvsDirector } from "@kubenetsim/netfilter/ipvs/director";
import type { RealServer, VirtualServer } from "@kubenetsim/netfilter/ruleset/virtual-server";
import { ipvsSchedulers } from "@kubenetsim/schedulers/ipvs/table";
import { type Block, consume, cpuNs } from "./harness.ts";
import { serviceAddress } from "./kube-proxy-rules.ts";
import { PacketStream } from "./limit-loops.ts";
import { serverAddress } from "./scheduler-load.ts";

/** Until everything that a block has opened is gone. */
const longMs = 3_600_000;
/** As long as a block lasts at least, where that takes no more than 16,000 connections. */
const blockNs = 5_000_000;

/**
 * Connections opened through IPVS (SYN packets of clients, one virtual server with so many real servers); they end between
 * the blocks. Before the first block connections go through virtual servers of all schedulers, so that what is measured has
 * met all of them, as in a cluster.
 */
export function openBlocks(scheduler: string, sizes: readonly number[]): Block[] {
  const openers = sizes.map((size) => opener(scheduler, size));
  for (const other of Object.keys(ipvsSchedulers)) opener(other, 10)(2000);
  return openers.map((open) => {
    let opened = 500;
    while (opened < 16_000 && open(opened) * opened < blockNs) opened *= 2;
    return () => open(opened);
  });
}

/** Opens so many connections and says what one took, in nanoseconds. */
function opener(scheduler: string, size: number): (count: number) => number {
  const clock = { nowMs: 0 };
  const director = new IpvsDirector({ clock, schedulers: ipvsSchedulers });
  director.load([virtualServer(scheduler, size)]);
  const stream = new PacketStream();
  const packet = new Packet();
  const meter = new Meter();
  const send = (): void => {
    packet.resetMetadata();
    packet.protocol = 6;
    packet.tcpFlags = 2;
    packet.src0 = (10 << 24) | (stream.next() & 0xffffff);
    packet.sourcePort = 1024 + (stream.next() & 0x7fff);
    packet.dst0 = serviceAddress(0);
    packet.destinationPort = 80;
    director.incoming(packet, meter, null);
  };
  return (count) => {
    const spent = cpuNs(count, () => {
      for (let i = 0; i < count; i++) send();
      consume(meter.serversExamined + packet.dst0);
    });
    clock.nowMs += longMs;
    if (director.hasConnections) throw new Error("connections are left after an hour");
    return spent;
  };
}

function virtualServer(scheduler: string, size: number): VirtualServer {
  return {
    protocol: "TCP",
    address: formatAddress([serviceAddress(0)]),
    port: 80,
    scheduler,
    schedulerFlags: [],
    persistenceTimeout: undefined,
    persistenceNetmask: undefined,
    realServers: Array.from({ length: size }, (_, index) => realServer(index)),
    origin: undefined,
  };
}

function realServer(index: number): RealServer {
  const address: IpAddress = formatAddress([serverAddress(index)]);
  return { address, port: 8080, weight: (index % 5) + 1, forward: "Masq", upperThreshold: 0, lowerThreshold: 0 };
}
