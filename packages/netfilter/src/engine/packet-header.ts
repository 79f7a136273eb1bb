import type { Packet } from "./packet.ts";
import { type Tape, tapeKind } from "./tape.ts";

/** Writes the header as it stands, where the tape says `header` or `icmpError`. */
export function recordHeader(tape: Tape, packet: Packet): void {
  if (packet.icmpError >= 0) {
    recordError(tape, packet);
    return;
  }
  const at = tape.begin(tapeKind.header);
  const words = tape.words;
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

function recordError(tape: Tape, packet: Packet): void {
  const at = tape.begin(tapeKind.icmpError);
  const { words } = tape;
  const { quote } = packet;
  words[at] = (packet.v6 ? 1 : 0) | (quote.protocol << 8) | (packet.icmpError << 16);
  words[at + 1] = (quote.sourcePort << 16) | quote.destinationPort;
  words[at + 2] = packet.src0;
  words[at + 3] = packet.src1;
  words[at + 4] = packet.src2;
  words[at + 5] = packet.src3;
  words[at + 6] = packet.dst0;
  words[at + 7] = packet.dst1;
  words[at + 8] = packet.dst2;
  words[at + 9] = packet.dst3;
  words[at + 10] = quote.dst0;
  words[at + 11] = quote.dst1;
  words[at + 12] = quote.dst2;
  words[at + 13] = quote.dst3;
}
