import { protocolNumbers } from "@kubenetsim/core/net/protocol";
import type { Packet } from "@kubenetsim/netfilter/engine/packet";

const ack = 16;
const syn = 2;
const rst = 4;

/** Turns a packet into the answer to it: SYN-ACK or RST for TCP, the same tuple reversed for the others. */
export function turnAround(packet: Packet, accepted: boolean): void {
  const { src0, src1, src2, src3, sourcePort } = packet;
  packet.src0 = packet.dst0;
  packet.src1 = packet.dst1;
  packet.src2 = packet.dst2;
  packet.src3 = packet.dst3;
  packet.sourcePort = packet.destinationPort;
  packet.dst0 = src0;
  packet.dst1 = src1;
  packet.dst2 = src2;
  packet.dst3 = src3;
  packet.destinationPort = sourcePort;
  if (packet.protocol === protocolNumbers.TCP) packet.tcpFlags = ack | (accepted ? syn : rst);
}

/** The addresses and ports of a packet at one moment, kept without allocating. */
export class Tuple {
  src0 = 0;
  src1 = 0;
  src2 = 0;
  src3 = 0;
  dst0 = 0;
  dst1 = 0;
  dst2 = 0;
  dst3 = 0;
  sourcePort = 0;
  destinationPort = 0;

  keep(packet: Packet): void {
    this.src0 = packet.src0;
    this.src1 = packet.src1;
    this.src2 = packet.src2;
    this.src3 = packet.src3;
    this.dst0 = packet.dst0;
    this.dst1 = packet.dst1;
    this.dst2 = packet.dst2;
    this.dst3 = packet.dst3;
    this.sourcePort = packet.sourcePort;
    this.destinationPort = packet.destinationPort;
  }

  restore(packet: Packet): void {
    packet.src0 = this.src0;
    packet.src1 = this.src1;
    packet.src2 = this.src2;
    packet.src3 = this.src3;
    packet.dst0 = this.dst0;
    packet.dst1 = this.dst1;
    packet.dst2 = this.dst2;
    packet.dst3 = this.dst3;
    packet.sourcePort = this.sourcePort;
    packet.destinationPort = this.destinationPort;
  }

  /** True when the packet runs exactly the other way: an answer that the sender's socket takes. */
  isAnsweredBy(packet: Packet): boolean {
    return (
      packet.src0 === this.dst0 &&
      packet.src1 === this.dst1 &&
      packet.src2 === this.dst2 &&
      packet.src3 === this.dst3 &&
      packet.sourcePort === this.destinationPort &&
      packet.dst0 === this.src0 &&
      packet.dst1 === this.src1 &&
      packet.dst2 === this.src2 &&
      packet.dst3 === this.src3 &&
      packet.destinationPort === this.sourcePort
    );
  }
}
