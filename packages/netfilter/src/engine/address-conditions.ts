import { ruleFlag } from "./code-layout.ts";
import type { ConditionNames } from "./condition-names.ts";
import type { Packet } from "./packet.ts";

/** Where the matches start, or -1 when the address part does not hold. */
export function conditions4(
  code: Int32Array,
  start: number,
  flags: number,
  packet: Packet,
  names: ConditionNames,
): number {
  let at = start;
  if ((flags & ruleFlag.destination) !== 0) {
    const masked = (flags & ruleFlag.destinationMasked) !== 0;
    const equal = (masked ? packet.dst0 & code[at + 1]! : packet.dst0) === code[at];
    if (equal === ((flags & ruleFlag.destinationNegated) !== 0)) return -1;
    at += masked ? 2 : 1;
  }
  if ((flags & ruleFlag.source) !== 0) {
    const masked = (flags & ruleFlag.sourceMasked) !== 0;
    const equal = (masked ? packet.src0 & code[at + 1]! : packet.src0) === code[at];
    if (equal === ((flags & ruleFlag.sourceNegated) !== 0)) return -1;
    at += masked ? 2 : 1;
  }
  return otherConditions(code, at, flags, packet, names);
}

export function conditions6(
  code: Int32Array,
  start: number,
  flags: number,
  packet: Packet,
  names: ConditionNames,
): number {
  let at = start;
  if ((flags & ruleFlag.destination) !== 0) {
    const masked = (flags & ruleFlag.destinationMasked) !== 0;
    const equal = equal6(code, at, masked, packet.dst0, packet.dst1, packet.dst2, packet.dst3);
    if (equal === ((flags & ruleFlag.destinationNegated) !== 0)) return -1;
    at += masked ? 8 : 4;
  }
  if ((flags & ruleFlag.source) !== 0) {
    const masked = (flags & ruleFlag.sourceMasked) !== 0;
    const equal = equal6(code, at, masked, packet.src0, packet.src1, packet.src2, packet.src3);
    if (equal === ((flags & ruleFlag.sourceNegated) !== 0)) return -1;
    at += masked ? 8 : 4;
  }
  return otherConditions(code, at, flags, packet, names);
}

function otherConditions(
  code: Int32Array,
  start: number,
  flags: number,
  packet: Packet,
  names: ConditionNames,
): number {
  let at = start;
  if ((flags & ruleFlag.protocol) !== 0) {
    const word = code[at++]!;
    if ((packet.protocol === (word & 255)) === word > 255) return -1;
  }
  if ((flags & ruleFlag.devices) === 0) return at;
  const inside = code[at]!;
  const outside = code[at + 1]!;
  if (inside >= 0 && !names.deviceHolds(inside, packet.inDevice)) return -1;
  if (outside >= 0 && !names.deviceHolds(outside, packet.outDevice)) return -1;
  return at + 2;
}

function equal6(code: Int32Array, at: number, masked: boolean, a: number, b: number, c: number, d: number): boolean {
  if (!masked) return a === code[at] && b === code[at + 1] && c === code[at + 2] && d === code[at + 3];
  return (
    (a & code[at + 4]!) === code[at] &&
    (b & code[at + 5]!) === code[at + 1] &&
    (c & code[at + 6]!) === code[at + 2] &&
    (d & code[at + 7]!) === code[at + 3]
  );
}
