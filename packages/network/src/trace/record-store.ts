import { recordLength, slotCounts, type Tape, tapeKind } from "@kubenetsim/netfilter/engine/tape";

const chunkWords = 65_536;

/**
 * Keeps what packets wrote on a tape, each record as long as its kind needs, traces one behind the other in large chunks
 * of memory: an allocation for each trace would cost more than the packet. A chunk lives as long as one of its traces.
 */
export class RecordStore {
  words: Int32Array = new Int32Array(chunkWords);
  /** Where the next record goes. */
  length = 0;

  /** Makes room for a tape's records, in one piece. */
  reserve(tape: Tape): void {
    const most = tape.length * recordLength;
    if (this.length + most <= this.words.length) return;
    this.words = new Int32Array(Math.max(chunkWords, most));
    this.length = 0;
  }

  /** Copies a record; what only frames others (`chainEnter`) is left out. */
  append(tape: Tape, record: number): void {
    const from = (record & (tape.capacity - 1)) * recordLength;
    const source = tape.words;
    const kind = source[from]!;
    if (kind === tapeKind.chainEnter) return;
    const target = this.words;
    const to = this.length;
    const count = slotCounts[kind]!;
    for (let i = 0; i <= count; i++) target[to + i] = source[from + i]!;
    this.length = to + count + 1;
  }
}

/** Where the record after the one at `at` begins. */
export function nextRecord(words: Int32Array, at: number): number {
  return at + 1 + slotCounts[words[at]!]!;
}
