import type { Random } from "@kubenetsim/core/runtime/random";
import { cascadeField } from "./code-layout.ts";
import type { Fate } from "./fate.ts";

/**
 * One draw decides a whole cascade: with u from [0, 1) and S(k) the chance that the draw passes the first k rules, the first
 * rule j from `from` on with S(from) · (1 − u) > S(j + 1) is the one; the cascade's length if there is none. Each rule is
 * chosen with the chance that a draw of its own for each rule would give it, but for the rounding of S to 2^-30.
 */
export function draw(code: Int32Array, cascade: number, from: number, chance: Random, fate: Fate): number {
  const survivals = cascade + cascadeField.survivals;
  const value = code[survivals + from]! * (1 - fate.draw(chance));
  let low = from;
  let high = code[cascade + cascadeField.count]!;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (value > code[survivals + middle + 1]!) high = middle;
    else low = middle + 1;
  }
  fate.code = code;
  fate.cascade = cascade;
  fate.from = from;
  fate.chosen = low;
  return low;
}
