import { draw } from "../chance.ts";
import type { Scheduler } from "../scheduler.ts";
import { reciprocalScale, scaledOdds } from "./reciprocal-scale.ts";
import { type RulesState, ruleScheduler } from "./rule-scheduler.ts";
import { afterTurn, type TurnState } from "./statistic-nth.ts";

/**
 * `numgen inc mod n map { 0 : …, 1 : … }`: one after the other, from 0 (net/netfilter/nft_numgen.c, nft_ng_inc_gen). An
 * `offset` moves the numbers and with them the keys of the map, not the choice.
 */
export const numgenInc: Scheduler<TurnState> = ruleScheduler("nft/numgen-inc", {
  write: (targets) => ({ targets, next: 0 }),
  pick: (state) => ({ state: afterTurn(state), position: state.next, examined: 1 }),
});

const random = "nft/numgen-random";

/**
 * `numgen random mod n map { 0 : …, 1 : … }`, which kube-proxy's nftables mode writes: 32 random bits, scaled
 * (net/netfilter/nft_numgen.c, nft_ng_random_gen). `scaledOdds` has the exact shares.
 */
export const numgenRandom: Scheduler<RulesState> = ruleScheduler(random, {
  write: (targets) => ({ targets }),
  pick: (state, request) => {
    const bits = Math.floor(draw(request, random) * 2 ** 32);
    return { state, position: reciprocalScale(bits, state.targets.length), examined: 1 };
  },
  odds: scaledOdds,
});
