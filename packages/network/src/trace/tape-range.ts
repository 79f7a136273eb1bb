import { recordLength } from "@kubenetsim/netfilter/engine/tape";

/** Records `start` to `end` (exclusive) of what a packet wrote on a tape, copied from it. */
export interface TapeRange {
  readonly words: Int32Array;
  readonly start: number;
  readonly end: number;
}

/** Offset in `words` of a record's kind; its slots follow. */
export function recordOffset(record: number): number {
  return record * recordLength;
}
