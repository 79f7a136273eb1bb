/** Records of a `RecordStore`, from the one at `start` to `end`, which is not of them. */
export interface RecordRange {
  readonly words: Int32Array;
  readonly start: number;
  readonly end: number;
}
