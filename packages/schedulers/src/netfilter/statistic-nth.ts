import type { Scheduler } from "../scheduler.ts";
import { type RulesState, ruleScheduler } from "./rule-scheduler.ts";

/** Which of the targets is next. */
export interface TurnState extends RulesState {
  readonly next: number;
}

/**
 * n rules with `-m statistic --mode nth --every` n, n−1, …, 1 `--packet 0` (net/netfilter/xt_statistic.c). Each rule has a
 * counter of its own that only the packets see that come so far; together they give the targets their turns in order, so one
 * number is all of the state. `walkNth` goes from counter to counter, for cascades of other numbers too. `examined` says the
 * rules that the kernel would compare.
 */
export const statisticNth: Scheduler<TurnState> = ruleScheduler("iptables/statistic-nth", {
  write: (targets) => ({ targets, next: 0 }),
  pick: (state) => ({ state: afterTurn(state), position: state.next, examined: state.next + 1 }),
});

/** The next one's turn; after the last the first's. */
export function afterTurn({ targets, next }: TurnState): TurnState {
  return { targets, next: next + 1 < targets.length ? next + 1 : 0 };
}
