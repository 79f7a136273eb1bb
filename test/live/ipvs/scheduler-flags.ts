import type { Random } from "@kubenetsim/core/runtime/random";
import { ipvsSchedulers } from "@kubenetsim/schedulers/ipvs/table";
import { chance, pick } from "./random-draws.ts";
import type { WeightStyle } from "./random-weight.ts";

/**
 * Never wrr for large weights without a common divisor: the kernel goes down from the largest to that of a server that is
 * free, divisor by divisor, and stands still for half a minute.
 */
export function schedulerAndFlags(random: Random, weights: WeightStyle): { scheduler: string; flags: string[] } {
  const scheduler = pick(
    random,
    Object.keys(ipvsSchedulers).filter((name) => name !== "wrr" || weights !== "large"),
  );
  const known = ["sh", "mh"].includes(scheduler) ? [`${scheduler}-fallback`, `${scheduler}-port`] : [];
  return { scheduler, flags: known.filter(() => chance(random, 0.5)) };
}
