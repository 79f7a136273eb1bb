import type { AddressBook } from "../address-book.ts";
import type { Packet } from "../packet.ts";
import { nftField } from "./nft-code.ts";

/** One word of a packet that hangs on nothing but the packet and the host's addresses. */
export function readWord(field: number, parameter: number, packet: Packet, addresses: AddressBook): number {
  switch (field) {
    case nftField.sourcePort:
      return packet.sourcePort;
    case nftField.destinationPort:
      return packet.destinationPort;
    case nftField.protocol:
      return packet.protocol;
    case nftField.mark:
      return packet.mark & parameter;
    case nftField.sourceType:
      return addresses.sourceType(packet);
    default:
      return addresses.destinationType(packet);
  }
}

/** Writes an address into a key; where the next word goes. */
export function writeAddress(field: number, packet: Packet, key: Int32Array, at: number): number {
  const isSource = field === nftField.source;
  key[at] = isSource ? packet.src0 : packet.dst0;
  if (!packet.v6) return at + 1;
  key[at + 1] = isSource ? packet.src1 : packet.dst1;
  key[at + 2] = isSource ? packet.src2 : packet.dst2;
  key[at + 3] = isSource ? packet.src3 : packet.dst3;
  return at + 4;
}
