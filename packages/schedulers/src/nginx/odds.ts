import type { Request } from "../scheduler.ts";

/** A client of which nothing is known, at a time at which servers that failed too often are left alone. */
export const anybody: Request = {
  sourceAddress: [0],
  sourcePort: 0,
  destinationAddress: [0],
  nowMs: 0,
  fallback: false,
  usePort: false,
};
