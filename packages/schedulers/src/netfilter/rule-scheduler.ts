import { isAvailable } from "../ipvs/availability.ts";
import type { Choice, Request, Scheduler, Server } from "../scheduler.ts";

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

/**
 * A balancer whose state is rules in the kernel. When the servers that take connections change, the rules are written anew,
 * and what the old ones had counted or drawn is gone with them; else they stay as they are.
 */
export function ruleScheduler<State extends RulesState>(
  name: string,
  write: (targets: readonly number[]) => State,
  pick: (state: State, request: Request) => RulePick<State>,
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
  };
}

function targetsOf(servers: readonly Server[]): number[] {
  return servers.flatMap((server, index) => (isAvailable(server) ? [index] : []));
}

function areEqual(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
