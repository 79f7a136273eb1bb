import { protocolNumbers } from "@kubenetsim/core/net/protocol";
import { type Packet, tcpFlag } from "../engine/packet.ts";

/** Of a protocol that IPVS balances. */
export function isTransport(packet: Packet): boolean {
  const { protocol } = packet;
  return protocol === protocolNumbers.TCP || protocol === protocolNumbers.UDP || protocol === protocolNumbers.SCTP;
}

export function isNewTcp(packet: Packet): boolean {
  return packet.protocol === protocolNumbers.TCP && (packet.tcpFlags & tcpFlag.SYN) !== 0;
}
