import type { Random } from "@kubenetsim/core/runtime/random";
import { chance, pick } from "./random-draws.ts";

/** How the weights of one sequence are spread. */
export const weightStyles = ["equal", "small", "tens", "steps", "large"] as const;
export type WeightStyle = (typeof weightStyles)[number];

const large = [1, 2, 3, 65_535, 65_536, 2 ** 30, 2 ** 30 + 1, 2 ** 31 - 2, 2 ** 31 - 1];

export function randomWeight(random: Random, style: WeightStyle): number {
  if (chance(random, 0.08)) return 0;
  if (style === "equal") return 1;
  if (style === "small") return 1 + random.below(5);
  if (style === "tens") return 10 * (1 + random.below(20));
  if (style === "steps") return 2 ** 28 * (1 + random.below(7));
  return pick(random, large);
}
