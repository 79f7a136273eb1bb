import type { AddressWords } from "@kubenetsim/core/net/address";
import type { Packet } from "@kubenetsim/netfilter/engine/packet";
import { recordHeader } from "@kubenetsim/netfilter/engine/packet-header";
import { type Tape, tapeKind } from "@kubenetsim/netfilter/engine/tape";
import { balanceVerdict } from "../balancer/balancer.ts";
import type { Host } from "../topology/host.ts";
import type { Segment } from "../topology/segment.ts";
import { balanceModes } from "./balance-record.ts";
import { Tuple } from "./tuple.ts";

/** A load balancer gave a packet another destination. */
interface Translation {
  readonly host: Host;
  readonly attachment: number;
  /** The packet as it came, and as it went on. */
  readonly before: Tuple;
  readonly after: Tuple;
}

/**
 * What load balancers have made of the destinations of a packet, for as long as it and its answer are under way: a cloud's network
 * brings answers back to the load balancer that knows the connection, which gives them its own address again.
 */
export class Translations {
  /** Set it to 0 for a new packet. */
  length = 0;
  readonly #made: Translation[] = [];

  /** Gives a packet a target as its destination and keeps what it was. */
  translate(packet: Packet, host: Host, fabric: Segment, target: AddressWords, port: number): void {
    const attachment = fabric.neighbours.find(packet.v6, packet.dst0, packet.dst1, packet.dst2, packet.dst3);
    const before = new Tuple();
    before.keep(packet);
    const [a = 0, b = 0, c = 0, d = 0] = target;
    packet.dst0 = a;
    packet.dst1 = b;
    packet.dst2 = c;
    packet.dst3 = d;
    packet.destinationPort = port;
    const after = new Tuple();
    after.keep(packet);
    this.#made[this.length++] = { host, attachment, before, after };
  }

  /** Where on the fabric the load balancer stands to which this answer belongs; -1 for none, or where it sends it itself. */
  wayBack(packet: Packet, from: number): number {
    const made = this.#answered(packet);
    return made === undefined || made.host.id === from ? -1 : made.attachment;
  }

  /** Makes of an answer that has come to its load balancer one of the load balancer's own; false for any other packet. */
  undo(packet: Packet, host: number, tape: Tape | null): boolean {
    const made = this.#answered(packet);
    if (made === undefined || made.host.id !== host) return false;
    const { before } = made;
    packet.src0 = before.dst0;
    packet.src1 = before.dst1;
    packet.src2 = before.dst2;
    packet.src3 = before.dst3;
    if (packet.icmpError < 0) packet.sourcePort = before.destinationPort;
    else quoteDestination(packet, before);
    if (tape !== null) {
      tape.write(tapeKind.balance, balanceVerdict.answer, -1, -1, balanceModes.indexOf("nat"));
      recordHeader(tape, packet);
    }
    return true;
  }

  #answered(packet: Packet): Translation | undefined {
    for (let i = this.length - 1; i >= 0; i--) if (this.#made[i]!.after.isAnsweredBy(packet)) return this.#made[i];
    return undefined;
  }
}

/** The error is about the packet as the client sent it. */
function quoteDestination({ quote }: Packet, { dst0, dst1, dst2, dst3, destinationPort }: Tuple): void {
  quote.dst0 = dst0;
  quote.dst1 = dst1;
  quote.dst2 = dst2;
  quote.dst3 = dst3;
  quote.destinationPort = destinationPort;
}
