import { virtualClock } from "@kubenetsim/core/runtime/clock";
import { Conntrack, defaultTimeouts } from "@kubenetsim/netfilter/engine/conntrack";
import { Packet } from "@kubenetsim/netfilter/engine/packet";
import { type Block, nsBlock } from "./harness.ts";
import { serviceAddress } from "./kube-proxy-rules.ts";

const packets = 60_000;
const asked = 1000;
/** Connections that come and go. */
const passing = 500;

/** A tracker that holds so many connections, and what sends the first packet of the connection of a number. */
class TrackedConnections {
  readonly tracker = new Conntrack(false, virtualClock(), defaultTimeouts);
  readonly packet: Packet = new Packet();

  constructor(connections: number) {
    for (let i = 0; i < connections; i++) this.open(i);
  }

  open(number: number): number {
    this.follow(number, 2);
    this.tracker.confirm(this.packet);
    return this.packet.ctEntry;
  }

  follow(number: number, tcpFlags: number): number {
    const { packet } = this;
    packet.resetMetadata();
    packet.protocol = 6;
    packet.src0 = (10 << 24) | (245 << 16) | (number & 0xffff);
    packet.sourcePort = 1024 + (number >>> 16);
    packet.dst0 = serviceAddress(number % 1000);
    packet.destinationPort = 80;
    packet.tcpFlags = tcpFlags;
    this.tracker.track(packet);
    return packet.ctEntry;
  }
}

/** A packet finds its connection among so many, the last thousand in turn: nanoseconds. */
export function conntrackHits(connections: number): Block {
  const tracked = new TrackedConnections(connections);
  return nsBlock(packets, (count) => {
    let sum = 0;
    for (let i = 0; i < count; i++) sum = (sum + tracked.follow(connections - 1 - (i % asked), 2)) | 0;
    return sum;
  });
}

/** A connection is entered among so many, and taken out again: nanoseconds. */
export function conntrackInserts(connections: number): Block {
  const tracked = new TrackedConnections(connections);
  const entries = new Int32Array(passing);
  return nsBlock(packets, (count) => {
    for (let i = 0; i < count; i += passing) {
      for (let j = 0; j < passing; j++) entries[j] = tracked.open(connections + j);
      for (const entry of entries) tracked.tracker.table.remove(entry);
    }
    return tracked.tracker.table.size;
  });
}
