import type { Random } from "@kubenetsim/core/runtime/random";
import { ipvsSchedulers } from "@kubenetsim/schedulers/ipvs/table";
import { chance, pick } from "./random-draws.ts";

export function schedulerAndFlags(random: Random): { scheduler: string; flags: string[] } {
  const scheduler = pick(random, Object.keys(ipvsSchedulers));
  const known = ["sh", "mh"].includes(scheduler) ? [`${scheduler}-fallback`, `${scheduler}-port`] : [];
  return { scheduler, flags: known.filter(() => chance(random, 0.5)) };
}
