import { isAvailable } from "../ipvs/availability.ts";
import type { Choice, Odds, Request, Scheduler, Server } from "../scheduler.ts";
import { checkWeights } from "../weight.ts";

/** What every balancer made of rules knows: for which servers the rules were written, in their order. */
export interface RulesState {
  /** Indexes in the array of servers; a server of weight 0 or above its threshold has no rule. */
  readonly targets: readonly number[];
}

/** Which rule takes a packet. */
export interface RulePick<State> {
  readonly state: State;
  /** Index in `targets`. */
  readonly position: number;
  /** Rules or map elements that the kernel looks at. */
  readonly examined: number;
}

/** What kind of rules. */
export interface RuleKind<State> {
  write(targets: readonly number[]): State;
  pick(state: State, request: Request): RulePick<State>;
  /** Of so many targets; absent where they take turns. */
  odds?(count: number): Odds;
}

/**
 * A balancer whose state is rules in the kernel. When the servers that take connections change, the rules are written anew,
 * and what the old ones had counted or drawn is gone with them; else they stay as they are.
 */
export function ruleScheduler<State extends RulesState>(
  name: string,
  { write, pick, odds }: RuleKind<State>,
): Scheduler<State> {
  const follow = (state: State, kept: readonly number[], servers: readonly Server[]): State => {
    const targets = targetsOf(servers);
    return areEqual(targets, kept) ? { ...state, targets } : write(targets);
  };
  return {
    name,
    start: (servers) => write(targetsOf(servers)),
    added: (state, servers, index) =>
      follow(
        state,
        state.targets.map((target) => (target >= index ? target + 1 : target)),
        servers,
      ),
    removed: (state, servers, index) =>
      follow(
        state,
        state.targets.map((target) => (target === index ? -1 : target > index ? target - 1 : target)),
        servers,
      ),
    changed: (state, servers) => follow(state, state.targets, servers),
    choose(state, _servers, request): Choice<State> {
      if (state.targets.length === 0) return { state, index: -1, examined: 0 };
      const { state: after, position, examined } = pick(state, request);
      return { state: after, index: state.targets[position]!, examined };
    },
    remembers: () => false,
    ...(odds !== undefined && { odds: ({ targets }, servers) => oddsByServer(odds(targets.length), targets, servers) }),
  };
}

function oddsByServer({ parts, whole }: Odds, targets: readonly number[], servers: readonly Server[]): Odds {
  const all = servers.map(() => 0n);
  for (const [position, target] of targets.entries()) all[target] = parts[position]!;
  return { parts: all, whole };
}

function targetsOf(servers: readonly Server[]): number[] {
  return checkWeights(servers).flatMap((server, index) => (isAvailable(server) ? [index] : []));
}

function areEqual(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
