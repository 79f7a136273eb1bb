import type { Odds, Outcome, Scheduler } from "../scheduler.ts";
import { isSingle, type NginxServer, type PeersState, secondsOf } from "./peers.ts";

/**
 * A balancer of nginx. A change of its servers is a reload: the new workers begin from nothing, and so does the state.
 *
 * @throws TypeError by `start` and each change, for a backup server where nginx's directive takes none
 */
export function balancer<State extends PeersState>(
  name: string,
  parts: {
    readonly takesBackups: boolean;
    readonly start: (servers: readonly NginxServer[]) => State;
    readonly choose: Scheduler<State>["choose"];
    readonly odds?: (state: State, servers: readonly NginxServer[]) => Odds;
  },
): Scheduler<State> {
  const start = (servers: readonly NginxServer[]): State => {
    if (!parts.takesBackups && servers.some((server) => server.backup)) {
      throw new TypeError(`${name}: the balancing method does not support the parameter "backup"`);
    }
    return parts.start(servers);
  };
  const reload = (_state: State, servers: readonly NginxServer[]): State => start(servers);
  return {
    name,
    start,
    added: reload,
    removed: reload,
    changed: reload,
    choose: parts.choose,
    ...(parts.odds === undefined ? {} : { odds: parts.odds }),
    remembers: () => false,
    released,
  };
}

/**
 * A failure takes its part of the weight, so that a server that is back gets its share little by little; an answer after
 * a pause forgives all failures (`ngx_http_upstream_free_round_robin_peer`).
 */
function released<State extends PeersState>(
  state: State,
  servers: readonly NginxServer[],
  index: number,
  outcome: Outcome,
): State {
  if (isSingle(servers)) return state;
  const before = state.failures[index]!;
  if (outcome.failed) {
    const now = secondsOf(outcome.nowMs);
    const { weight, maxFails = 1 } = servers[index]!;
    const loss = maxFails === 0 ? 0 : Math.floor(weight / maxFails);
    const failures = { count: (before?.count ?? 0) + 1, failedAtSeconds: now, checkedAtSeconds: now };
    const effectiveWeight = Math.max(0, state.effectiveWeights[index]! - loss);
    return {
      ...state,
      effectiveWeights: state.effectiveWeights.with(index, effectiveWeight),
      failures: state.failures.with(index, failures),
    };
  }
  if (before === null || before.failedAtSeconds >= before.checkedAtSeconds) return state;
  return { ...state, failures: state.failures.with(index, null) };
}
