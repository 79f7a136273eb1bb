import type { Disposition } from "@kubenetsim/core/trace/disposition";
import { toNumber } from "./ratio.ts";
import type { Share } from "./shares.ts";

/** A share as JSON can hold it: the exact fraction as two decimal numbers in text, and the nearest double. */
export interface ShareJson {
  readonly disposition: Disposition;
  readonly endpoint: string | null;
  readonly host: string;
  readonly share: number;
  readonly numerator: string;
  readonly denominator: string;
}

export function sharesToJson(shares: readonly Share[]): ShareJson[] {
  return shares.map(({ disposition, endpoint, host, chance }) => ({
    disposition,
    endpoint: endpoint ?? null,
    host,
    share: toNumber(chance),
    numerator: chance.numerator.toString(),
    denominator: chance.denominator.toString(),
  }));
}
