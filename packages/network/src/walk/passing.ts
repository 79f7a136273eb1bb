import { type Tape, tapeKind } from "@kubenetsim/netfilter/engine/tape";
import type { Dial } from "../topology/relay.ts";

/** One attempt of a process to pass a connection on. */
export interface Passing {
  readonly process: number;
  readonly dial: Dial;
  readonly attempt: number;
}

export function writePassing(tape: Tape, { process, dial, attempt }: Passing): void {
  const at = tape.begin(tapeKind.relay);
  tape.words[at] = process;
  tape.words[at + 1] = dial.by;
  tape.words[at + 2] = dial.position;
  tape.words[at + 3] = dial.count;
  tape.words[at + 4] = attempt;
}
