import type { AddressWords } from "@kubenetsim/core/net/address";
import type { Conntrack } from "./conntrack.ts";
import { type ConntrackTable, entryStatus } from "./conntrack-table.ts";

/** One direction of a connection. */
export interface ConntrackTuple {
  readonly source: AddressWords;
  readonly destination: AddressWords;
  readonly sourcePort: number;
  readonly destinationPort: number;
}

/** A connection as connection tracking has it. */
export interface ConntrackEntry {
  /** IANA number. */
  readonly protocol: number;
  readonly original: ConntrackTuple;
  readonly reply: ConntrackTuple;
  /** An answer was seen. */
  readonly isAnswered: boolean;
  /** Of `tcpState`; 0 for other protocols. */
  readonly tcpState: number;
  readonly expiresInMs: number;
}

/** Every connection that has not ended at a time, in the order of their places in the table; the kernel's is that of its hash. */
export function conntrackEntries({ table }: Conntrack, nowMs: number): ConntrackEntry[] {
  return [...table.entries(nowMs)].map((entry) => ({
    protocol: table.data[table.tuple(entry, 0) + 2 * table.width + 1]!,
    original: tupleAt(table, table.tuple(entry, 0)),
    reply: tupleAt(table, table.tuple(entry, 1)),
    isAnswered: (table.status(entry) & entryStatus.seenReply) !== 0,
    tcpState: table.tcpState(entry),
    expiresInMs: table.expiresMs[entry]! - nowMs,
  }));
}

function tupleAt({ data, width }: ConntrackTable, at: number): ConntrackTuple {
  const words = (from: number): AddressWords => [...data.subarray(from, from + width)] as unknown as AddressWords;
  const ports = data[at + 2 * width]!;
  return {
    source: words(at),
    destination: words(at + width),
    sourcePort: ports >>> 16,
    destinationPort: ports & 0xffff,
  };
}
