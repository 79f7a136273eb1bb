import type { Packet } from "../engine/packet.ts";
import { type ConnectionTable, field } from "./connection-table.ts";

/** Does the packet run from the client of the connection in this row to its real server? */
export function runsToServer(packet: Packet, { words }: ConnectionTable, row: number): boolean {
  return (
    words[row + field.clientPort] === packet.sourcePort &&
    words[row + field.serverPort] === packet.destinationPort &&
    words[row + field.clientAddress] === packet.src0 &&
    words[row + field.clientAddress + 1] === packet.src1 &&
    words[row + field.clientAddress + 2] === packet.src2 &&
    words[row + field.clientAddress + 3] === packet.src3 &&
    words[row + field.serverAddress] === packet.dst0 &&
    words[row + field.serverAddress + 1] === packet.dst1 &&
    words[row + field.serverAddress + 2] === packet.dst2 &&
    words[row + field.serverAddress + 3] === packet.dst3
  );
}
