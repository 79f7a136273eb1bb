import type { HostState } from "../match-evaluator.ts";
import type { Meter } from "../meter.ts";
import type { Packet } from "../packet.ts";
import { type Tape, tapeKind } from "../tape.ts";

/** `mode` of a `numgen` record. */
export const numgenMode = { random: 0, increment: 1, jhash: 2 } as const;

/** `numgen random mod N`: each number as likely as the others (net/netfilter/nft_numgen.c, reciprocal_scale). */
export function randomNumber(
  modulus: number,
  offset: number,
  packet: Packet,
  host: HostState,
  meter: Meter,
  tape: Tape | null,
): number {
  const { fate } = packet;
  meter.randomDraws++;
  const number = (fate.chooser?.below(modulus) ?? fate.drawBelow(modulus, host.chance)) + offset;
  if (tape !== null) tape.write(tapeKind.numgen, numgenMode.random, modulus, number);
  return number;
}

/** `numgen inc mod N`: one after the other, from the offset on. */
export function nextNumber(
  increments: Int32Array,
  index: number,
  modulus: number,
  offset: number,
  packet: Packet,
  tape: Tape | null,
): number {
  packet.fate.more = true;
  const next = (increments[index]! >>> 0) + 1;
  const turn = next < modulus ? next : 0;
  increments[index] = turn;
  const number = turn + offset;
  if (tape !== null) tape.write(tapeKind.numgen, numgenMode.increment, modulus, number);
  return number;
}
