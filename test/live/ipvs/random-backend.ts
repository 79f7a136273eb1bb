import type { Random } from "@kubenetsim/core/runtime/random";
import type { Backend } from "../../conformance/ipvs/sequence.ts";
import { chance } from "./random-draws.ts";
import { randomWeight } from "./random-weight.ts";
import type { Shape } from "./shape.ts";

/** The n-th of all that a sequence can have. */
export function randomBackend(random: Random, shape: Shape, at: number): Backend {
  const host = shape.pairs ? at >> 1 : at;
  const ip = shape.v6 ? `fd00:10:244:${1 + (host % 3)}::${(host + 2).toString(16)}` : `10.244.${host % 3}.${host + 2}`;
  const port = shape.portless ? 0 : (shape.pairs ? at % 2 === 1 : at % 5 === 4) ? 8081 : 8080;
  return { ip, port, weight: randomWeight(random, shape.weights), ...randomThresholds(random, shape) };
}

/** The kernel wants the lower one to be at most the upper one. */
export function randomThresholds(random: Random, shape: Shape): Pick<Backend, "uthresh" | "lthresh"> {
  if (!shape.thresholds || chance(random, 0.3)) return {};
  const uthresh = 1 + random.below(6);
  return chance(random, 0.5) ? { uthresh } : { uthresh, lthresh: random.below(uthresh + 1) };
}
