import type { Host } from "../topology/host.ts";
import type { KernelNames } from "./kernel-names.ts";

/** Records of a `RecordStore`, from the one at `start` to `end`, which is not of them. */
export interface RecordRange {
  readonly words: Int32Array;
  readonly start: number;
  readonly end: number;
}

/** What one host wrote on the tape, and what its numbers stood for then. */
export interface HopRecords extends RecordRange {
  readonly host: Host;
  readonly names: KernelNames | undefined;
}

/** What one direction of a packet's way wrote, by host. */
export interface PathRecords {
  readonly hops: readonly HopRecords[];
}
