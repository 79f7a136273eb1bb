import { draw } from "../chance.ts";
import type { Scheduler } from "../scheduler.ts";
import { cascadeOdds, cascadePosition, cascadeSurvivals } from "./cascade.ts";
import { type RulesState, ruleScheduler } from "./rule-scheduler.ts";

/** The chance to come to each rule, and 0 at the end. */
export interface StatisticRandomState extends RulesState {
  readonly survivals: readonly number[];
}

const name = "iptables/statistic-random";

/**
 * What kube-proxy's iptables mode writes for n endpoints: n rules, the i-th with `-m statistic --mode random --probability`
 * 1/(n−i), the last without (pkg/proxy/iptables/proxier.go, writeServiceToEndpointRules; net/netfilter/xt_statistic.c).
 *
 * The kernel draws once for each rule that it comes to, n/2 times on the average; `walkCascade` does as much. Here one draw
 * decides over the whole cascade with the same shares, as far as doubles go, in a time that does not grow with n. `examined`
 * says the rules that the kernel would compare. `cascadeOdds` has the exact shares.
 */
export const statisticRandom: Scheduler<StatisticRandomState> = ruleScheduler(name, {
  write: (targets) => ({ targets, survivals: cascadeSurvivals(targets.length) }),
  pick: (state, request) => {
    const position = cascadePosition(state.survivals, draw(request, name));
    return { state, position, examined: position + 1 };
  },
  odds: cascadeOdds,
});
