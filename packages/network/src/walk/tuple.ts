import type { Packet } from "@kubenetsim/netfilter/engine/packet";

/** Protocol, addresses and ports of a packet at one moment, kept without allocating. */
export class Tuple {
  protocol = 0;
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
    this.protocol = packet.protocol;
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
    packet.icmpError = -1;
    packet.protocol = this.protocol;
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

  /** An ICMP error about this one: the socket that sent it hears of it. */
  #isQuotedBy({ icmpError, quote, dst0, dst1, dst2, dst3 }: Packet): boolean {
    return (
      icmpError >= 0 &&
      quote.protocol === this.protocol &&
      quote.dst0 === this.dst0 &&
      quote.dst1 === this.dst1 &&
      quote.dst2 === this.dst2 &&
      quote.dst3 === this.dst3 &&
      quote.destinationPort === this.destinationPort &&
      dst0 === this.src0 &&
      dst1 === this.src1 &&
      dst2 === this.src2 &&
      dst3 === this.src3 &&
      quote.sourcePort === this.sourcePort
    );
  }

  /** True when the packet runs exactly the other way, or is an error about this one: the sender's socket takes it. */
  isAnsweredBy(packet: Packet): boolean {
    if (packet.icmpError >= 0) return this.#isQuotedBy(packet);
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
