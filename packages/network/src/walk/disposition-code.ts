import type { Disposition } from "@kubenetsim/core/trace/disposition";
import { type ReasonCode, reasonCode } from "./reason-code.ts";

/** Dispositions as the walk and the tape have them: the index is the code. */
export const dispositions: readonly Disposition[] = [
  "delivered",
  "refused",
  "rejected",
  "dropped",
  "no-route",
  "no-reply",
  "closed",
];

export const dispositionCode = {
  delivered: 0,
  refused: 1,
  rejected: 2,
  dropped: 3,
  noRoute: 4,
  noReply: 5,
  closed: 6,
} as const;
export type DispositionCode = (typeof dispositionCode)[keyof typeof dispositionCode];

/** How a packet fared that went no further, for this reason. */
export function dispositionOf(reason: ReasonCode): DispositionCode {
  switch (reason) {
    case reasonCode.rejected:
      return dispositionCode.rejected;
    case reasonCode.dropped:
    case reasonCode.martianSource:
    case reasonCode.martianLoopback:
    case reasonCode.looped:
      return dispositionCode.dropped;
    default:
      return dispositionCode.noRoute;
  }
}
