import type { AddressWords } from "@kubenetsim/core/net/address";
import { protocolNumbers } from "@kubenetsim/core/net/protocol";
import { portUnreachable, tcpReset, turnIntoError } from "@kubenetsim/netfilter/engine/icmp-error";
import type { Packet } from "@kubenetsim/netfilter/engine/packet";
import type { Host } from "../topology/host.ts";
import { type DispositionCode, dispositionCode } from "./disposition-code.ts";
import { type Start, start } from "./one-way.ts";
import { sourceAddress } from "./source-address.ts";

const ack = 16;
const syn = 2;
const rst = 4;

/**
 * Turns a packet into what answers it where its way has ended, and tells how that sets out: sockets answer as they answer
 * everything; errors, and resets of rules, are the kernel's.
 */
export function turnIntoAnswer(packet: Packet, fate: DispositionCode, host: Host): Start {
  const isRejected = fate === dispositionCode.rejected;
  const isReset = isRejected && packet.protocol === protocolNumbers.TCP && packet.rejection === tcpReset;
  const isUnheard = fate === dispositionCode.refused && packet.protocol === protocolNumbers.UDP;
  if (isRejected ? !isReset : isUnheard) {
    const error = isUnheard ? portUnreachable(packet.v6) : packet.rejection;
    turnIntoError(packet, error, errorSource(host, packet) ?? nowhere);
    return start.answer;
  }
  turnAround(packet, fate === dispositionCode.delivered || fate === dispositionCode.closed);
  if (!isReset) return start.made;
  return packet.bridged ? start.direct : start.answer;
}

/** The source of an error that has no way to its destination. */
const nowhere: readonly number[] = [0, 0, 0, 0];

/**
 * The source of a host's ICMP error about a packet that it holds (icmp_send): the packet's destination where that is the
 * host's own, else what routing to the packet's source chooses. Undefined when there is no way back.
 */
function errorSource(host: Host, packet: Packet): AddressWords | undefined {
  const { v6, src0, src1, src2, src3, dst0, dst1, dst2, dst3 } = packet;
  if (host.localDevice(v6, dst0, dst1, dst2, dst3) >= 0) return v6 ? [dst0, dst1, dst2, dst3] : [dst0];
  return sourceAddress(host, v6 ? [src0, src1, src2, src3] : [src0]);
}

/** SYN-ACK or RST for TCP, the same tuple reversed for the others. */
function turnAround(packet: Packet, accepted: boolean): void {
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
