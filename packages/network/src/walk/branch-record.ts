import type { Meter } from "@kubenetsim/netfilter/engine/meter";
import type { CtState, Packet } from "@kubenetsim/netfilter/engine/packet";
import type { DispositionCode } from "./disposition-code.ts";
import type { ReasonCode } from "./reason-code.ts";

/** How a walk ended: what a branch of a known way holds. */
export interface WayEnd {
  readonly packet: Packet;
  readonly requestMeter: Meter;
  process: number;
  arrived: boolean;
  reason: ReasonCode;
}

/** Words of a branch: one line of a processor's cache. The first is 0 for one that nobody has walked yet. */
export const branchLength = 16;
/**
 * Which word holds the receiver's host id; rules compared; where it stands which rules count a packet on it; how many packets have
 * gone it that they have not counted yet.
 */
export const branchField = { receiver: 1, rules: 9, counts: 14, passes: 15 } as const;

/** False where a count has no room; nobody is to go the branch then. */
export function writeBranch(
  words: Int32Array,
  at: number,
  end: WayEnd,
  receiver: number,
  disposition: DispositionCode,
): boolean {
  const { packet, requestMeter: meter } = end;
  const { conntrackLookups, natBindings, setLookups } = meter;
  if (conntrackLookups > 0xff || natBindings > 0xff || setLookups > 0xffff) return false;
  words[at] =
    1 |
    (disposition << 1) |
    (end.reason << 4) |
    (Number(end.arrived) << 8) |
    (Number(packet.bridged) << 9) |
    (Number(packet.ctReply) << 10) |
    (packet.ctState << 11) |
    (packet.ctStatus << 14) |
    ((packet.rejection & 15) << 18) |
    ((packet.rejection >>> 8) << 22);
  words[at + branchField.receiver] = receiver;
  words[at + 2] = end.process;
  words[at + 3] = packet.src0;
  words[at + 4] = packet.dst0;
  words[at + 5] = packet.destinationPort;
  words[at + 6] = packet.inDevice;
  words[at + 7] = packet.outDevice;
  words[at + 8] = packet.mark;
  words[at + branchField.rules] = meter.rulesCompared;
  words[at + 10] = meter.matchesEvaluated;
  words[at + 11] = meter.chainsEntered;
  words[at + 12] = conntrackLookups | (natBindings << 8) | (setLookups << 16);
  words[at + 13] = meter.randomDraws;
  return true;
}

/** Sums of what packets on branches cost: flat, as a packet adds to each. */
export class BranchCosts {
  readonly #sums: Float64Array = new Float64Array(7);

  /** Of one more packet on a branch. */
  add(words: Int32Array, at: number): void {
    const sums = this.#sums;
    const lookups = words[at + 12]!;
    sums[0]! += words[at + branchField.rules]!;
    sums[1]! += words[at + 10]!;
    sums[2]! += words[at + 11]!;
    sums[3]! += words[at + 13]!;
    sums[4]! += lookups & 0xff;
    sums[5]! += (lookups >>> 8) & 0xff;
    sums[6]! += lookups >>> 16;
  }

  addTo(meter: Meter): void {
    const sums = this.#sums;
    meter.rulesCompared += sums[0]!;
    meter.matchesEvaluated += sums[1]!;
    meter.chainsEntered += sums[2]!;
    meter.randomDraws += sums[3]!;
    meter.conntrackLookups += sums[4]!;
    meter.natBindings += sums[5]!;
    meter.setLookups += sums[6]!;
  }
}

/** How packets on a branch fare. */
export function dispositionAt(words: Int32Array, at: number): DispositionCode {
  return ((words[at]! >>> 1) & 7) as DispositionCode;
}

/** Leaves everything but the receiver as the walk did; what only IPVS counts is 0 on a known way. */
export function readBranch(words: Int32Array, at: number, end: WayEnd): DispositionCode {
  const { packet, requestMeter: meter } = end;
  const flags = words[at]!;
  end.process = words[at + 2]!;
  end.arrived = (flags & 0x100) !== 0;
  end.reason = ((flags >>> 4) & 15) as ReasonCode;
  packet.src0 = words[at + 3]!;
  packet.dst0 = words[at + 4]!;
  packet.destinationPort = words[at + 5]!;
  packet.inDevice = words[at + 6]!;
  packet.outDevice = words[at + 7]!;
  packet.mark = words[at + 8]!;
  packet.bridged = (flags & 0x200) !== 0;
  packet.ctReply = (flags & 0x400) !== 0;
  packet.ctState = ((flags >>> 11) & 7) as CtState;
  packet.ctStatus = (flags >>> 14) & 15;
  packet.ctEntry = -1;
  packet.ipvsConnection = -1;
  packet.icmpError = -1;
  packet.rejection = ((flags >>> 18) & 15) | (((flags >>> 22) & 3) << 8);
  const lookups = words[at + 12]!;
  meter.rulesCompared = words[at + branchField.rules]!;
  meter.matchesEvaluated = words[at + 10]!;
  meter.chainsEntered = words[at + 11]!;
  meter.setLookups = lookups >>> 16;
  meter.hashLookups = 0;
  meter.bucketEntriesCompared = 0;
  meter.serversExamined = 0;
  meter.conntrackLookups = lookups & 0xff;
  meter.randomDraws = words[at + 13]!;
  meter.natBindings = (lookups >>> 8) & 0xff;
  return dispositionAt(words, at);
}
