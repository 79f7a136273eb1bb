import type { HostState } from "../match-evaluator.ts";
import type { Packet } from "../packet.ts";
import { readWord } from "./key-reader.ts";
import { nftField, nftOp } from "./nft-code.ts";

/** Does the comparison at `at` hold? Look-ups in sets are the evaluator's own. */
export function conditionHolds(words: Int32Array, at: number, packet: Packet, host: HostState): boolean {
  switch (words[at]) {
    case nftOp.address4: {
      const address = words[at + 1] === 0 ? packet.src0 : packet.dst0;
      return ((address & words[at + 3]!) === words[at + 2]) !== (words[at + 4] === 1);
    }
    case nftOp.address6:
      return isWithin6(words, at, packet) !== (words[at + 10] === 1);
    case nftOp.word:
      if (words[at + 1] === nftField.sourcePort) packet.fate.more = true;
      return (
        (readWord(words[at + 1]!, words[at + 2]!, packet, host.addresses) === words[at + 3]) !== (words[at + 4] === 1)
      );
    case nftOp.bits:
      return ((connectionBits(words[at + 1]!, packet) & words[at + 2]!) !== 0) !== (words[at + 3] === 1);
    default: {
      const device = words[at + 2] === 0 ? packet.inDevice : packet.outDevice;
      return host.names.deviceHolds(words[at + 1]!, device);
    }
  }
}

function isWithin6(words: Int32Array, at: number, packet: Packet): boolean {
  const isSource = words[at + 1] === 0;
  return (
    ((isSource ? packet.src0 : packet.dst0) & words[at + 6]!) === words[at + 2] &&
    ((isSource ? packet.src1 : packet.dst1) & words[at + 7]!) === words[at + 3] &&
    ((isSource ? packet.src2 : packet.dst2) & words[at + 8]!) === words[at + 4] &&
    ((isSource ? packet.src3 : packet.dst3) & words[at + 9]!) === words[at + 5]
  );
}

/** The state as one bit, or the bits of what NAT has made of the connection. */
function connectionBits(field: number, packet: Packet): number {
  return field === nftField.ctState ? 1 << packet.ctState : packet.ctStatus;
}
