import type { AddressBook } from "../address-book.ts";
import type { HostState } from "../match-evaluator.ts";
import type { Meter } from "../meter.ts";
import type { Packet } from "../packet.ts";
import type { Tape } from "../tape.ts";
import type { NftChainCode } from "./chain-code.ts";
import { hashNumber } from "./hash-number.ts";
import { nftField, nftFieldLength } from "./nft-code.ts";
import { nextNumber, randomNumber } from "./numgen.ts";

/** Reads what the fields say into `key`, word by word, and gives it back. */
export function readKey(
  code: NftChainCode,
  fields: Int32Array,
  key: Int32Array,
  packet: Packet,
  host: HostState,
  meter: Meter,
  tape: Tape | null,
): Int32Array {
  let to = 0;
  for (let at = 0; at < fields.length; at += nftFieldLength) {
    const field = fields[at]!;
    const parameter = fields[at + 1]!;
    if (field <= nftField.destination) to = writeAddress(field, packet, key, to);
    else if (field === nftField.random) {
      key[to++] = randomNumber(parameter >>> 0, fields[at + 2]! >>> 0, packet, host, meter, tape);
    } else if (field === nftField.increment) {
      const offset = fields[at + 2]! >>> 0;
      key[to++] = nextNumber(code.increments, fields[at + 3]!, parameter >>> 0, offset, packet, tape);
    } else if (field === nftField.jhash) {
      const hash = code.hashes[parameter]!;
      key[to++] = hashNumber(hash, readKey(code, hash.key, hash.registers, packet, host, meter, tape), tape);
    } else {
      if (field === nftField.sourcePort) packet.fate.more = true;
      key[to++] = readWord(field, parameter, packet, host.addresses);
    }
  }
  return key;
}

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
