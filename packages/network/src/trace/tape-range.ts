import { recordLength, type Tape } from "@kubenetsim/netfilter/engine/tape";

/** Records `start` to `end` (exclusive) of a tape that nobody rewinds any more. */
export interface TapeRange {
  readonly tape: Tape;
  readonly start: number;
  readonly end: number;
}

/** Offset in `tape.words` of a record's kind; its slots follow. */
export function recordOffset(tape: Tape, record: number): number {
  return (record & (tape.capacity - 1)) * recordLength;
}
