import type { Random } from "@kubenetsim/core/runtime/random";
import type { Chooser } from "./chooser.ts";
import { cascadeField, cascadeRule, headerLength, highBits, lowBits } from "./code-layout.ts";
import type { Fate } from "./fate.ts";

/**
 * One draw decides a whole cascade: with u from [0, 1) and S(k) the chance that the draw passes the first k rules, the first
 * rule j from `from` on with S(from) · (1 − u) > S(j + 1) is the one; the cascade's length if there is none. Each rule is
 * chosen with the chance that a draw of its own for each rule would give it, to within the 2^-32 that u goes by.
 */
export function draw(code: Int32Array, cascade: number, from: number, chance: Random, fate: Fate): number {
  if (fate.chooser !== undefined) return choose(code, cascade, from, fate.chooser);
  const survivals = cascade + cascadeField.survivals;
  const value = survivalAt(code, survivals + 2 * from) * (1 - fate.draw(chance));
  let low = from;
  let high = code[cascade + cascadeField.count]!;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (value > survivalAt(code, survivals + 2 * middle + 2)) high = middle;
    else low = middle + 1;
  }
  fate.code = code;
  fate.cascade = cascade;
  fate.from = from;
  fate.chosen = low;
  return low;
}

/** Each rule by itself, as the kernel does it. */
function choose(code: Int32Array, cascade: number, from: number, chooser: Chooser): number {
  const count = code[cascade + cascadeField.count]!;
  for (let rule = from; rule < count; rule++) {
    const operation = cascadeRule(code, cascade, rule) + headerLength;
    if (chooser.happens(code[operation + 1]!, 2 ** 31)) return rule;
  }
  return count;
}

/**
 * Of the last draw that a packet met: of a cascade the survivals from the rule on from which it was drawn, as fractions of
 * 2^52; of one between equally likely numbers how many of them there are from each on.
 */
export function survivalsOf({ bound, code, cascade, from }: Fate): Float64Array {
  if (bound > 0) return Float64Array.from({ length: bound }, (_, i) => bound - i);
  const first = cascade + cascadeField.survivals;
  const survivals = new Float64Array(code![cascade + cascadeField.count]! + 1 - from);
  for (let i = 0; i < survivals.length; i++) survivals[i] = survivalAt(code!, first + 2 * (from + i));
  return survivals;
}

function survivalAt(code: Int32Array, at: number): number {
  return code[at]! * 2 ** lowBits + code[at + 1]!;
}

/** The two words of a survival. */
export function survivalWords(survival: number): [high: number, low: number] {
  const whole = Math.round(survival * 2 ** (highBits + lowBits));
  return [Math.floor(whole / 2 ** lowBits), whole % 2 ** lowBits];
}
