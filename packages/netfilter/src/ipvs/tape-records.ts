import type { Packet } from "../engine/packet.ts";
import { type Tape, tapeKind } from "../engine/tape.ts";

/** The packet's header as it stands now. */
export function writeHeader(tape: Tape, packet: Packet): void {
  const at = tape.begin(tapeKind.header);
  const { words } = tape;
  words[at] = packet.v6 ? 1 : 0;
  words[at + 1] = packet.protocol;
  words[at + 2] = packet.src0;
  words[at + 3] = packet.src1;
  words[at + 4] = packet.src2;
  words[at + 5] = packet.src3;
  words[at + 6] = packet.sourcePort;
  words[at + 7] = packet.dst0;
  words[at + 8] = packet.dst1;
  words[at + 9] = packet.dst2;
  words[at + 10] = packet.dst3;
  words[at + 11] = packet.destinationPort;
}

/** `by` of dnat and snat records: IPVS. */
export const byIpvs = 2;

/** `by` of ipvs records. */
export const chosenBy = { scheduler: 0, connection: 1, persistence: 2 } as const;
