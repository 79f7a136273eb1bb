import type { Packet } from "../engine/packet.ts";
import { recordHeader } from "../engine/packet-header.ts";
import { type Tape, tapeKind } from "../engine/tape.ts";
import { type ConnectionTable, field } from "./connection-table.ts";
import { byIpvs } from "./tape-records.ts";

/** The packet goes to its connection's real server. */
export function rewriteToServer(packet: Packet, table: ConnectionTable, slot: number, tape: Tape | null): void {
  const { words } = table;
  const row = table.row(slot);
  if (tape !== null) recordHeader(tape, packet);
  packet.dst0 = words[row + field.serverAddress]!;
  packet.dst1 = words[row + field.serverAddress + 1]!;
  packet.dst2 = words[row + field.serverAddress + 2]!;
  packet.dst3 = words[row + field.serverAddress + 3]!;
  packet.destinationPort = words[row + field.serverPort]!;
  if (tape !== null) {
    tape.write(tapeKind.dnat, byIpvs);
    recordHeader(tape, packet);
  }
}

/** The packet comes from its connection's virtual server. */
export function rewriteToVirtual(packet: Packet, table: ConnectionTable, slot: number, tape: Tape | null): void {
  const { words } = table;
  const row = table.row(slot);
  if (tape !== null) recordHeader(tape, packet);
  packet.src0 = words[row + field.virtualAddress]!;
  packet.src1 = words[row + field.virtualAddress + 1]!;
  packet.src2 = words[row + field.virtualAddress + 2]!;
  packet.src3 = words[row + field.virtualAddress + 3]!;
  packet.sourcePort = words[row + field.virtualPort]!;
  if (tape !== null) {
    tape.write(tapeKind.snat, byIpvs);
    recordHeader(tape, packet);
  }
}

/** An error about a packet to its connection's real server comes from the virtual server, and quotes a packet to it. */
export function rewriteError(packet: Packet, table: ConnectionTable, slot: number, tape: Tape | null): void {
  const { words } = table;
  const row = table.row(slot);
  const { quote } = packet;
  if (tape !== null) recordHeader(tape, packet);
  packet.src0 = quote.dst0 = words[row + field.virtualAddress]!;
  packet.src1 = quote.dst1 = words[row + field.virtualAddress + 1]!;
  packet.src2 = quote.dst2 = words[row + field.virtualAddress + 2]!;
  packet.src3 = quote.dst3 = words[row + field.virtualAddress + 3]!;
  quote.destinationPort = words[row + field.virtualPort]!;
  if (tape !== null) {
    tape.write(tapeKind.snat, byIpvs);
    recordHeader(tape, packet);
  }
}

/** Writes into `answer` the header of a packet that runs against the one that an error quotes. */
export function againstQuote({ v6, quote, dst0, dst1, dst2, dst3 }: Packet, answer: Packet): Packet {
  answer.v6 = v6;
  answer.protocol = quote.protocol;
  answer.src0 = quote.dst0;
  answer.src1 = quote.dst1;
  answer.src2 = quote.dst2;
  answer.src3 = quote.dst3;
  answer.sourcePort = quote.destinationPort;
  answer.dst0 = dst0;
  answer.dst1 = dst1;
  answer.dst2 = dst2;
  answer.dst3 = dst3;
  answer.destinationPort = quote.sourcePort;
  return answer;
}
