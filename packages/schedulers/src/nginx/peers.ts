import type { Request, Server } from "../scheduler.ts";
import { checkWeights } from "../weight.ts";

/**
 * A server of an `upstream` block with what only nginx asks of it; what is left out is as nginx has it by default.
 * `overloaded` says that the server has its `max_conns`; weight 0, which nginx does not take, is as good as `down`.
 *
 * @example
 * const server: NginxServer = { ...plain, weight: 5, maxFails: 3, failTimeoutSeconds: 30 };
 */
export interface NginxServer extends Server {
  /** As the configuration names it: what `hash ... consistent` places on its ring. By default "address:port". */
  readonly name?: string;
  /** Marked as gone for good: keeps its share of the hashes but is not chosen. */
  readonly down?: boolean;
  /** Only asked when no other server can be. */
  readonly backup?: boolean;
  /** Failures after which the server is left alone; 0 counts none. By default 1. */
  readonly maxFails?: number;
  /** How long a server that failed so often is left alone. By default 10. */
  readonly failTimeoutSeconds?: number;
}

/** What nginx keeps of each peer (`ngx_http_upstream_rr_peer_t`), by the server's index. */
export interface PeersState {
  readonly currentWeights: readonly number[];
  /** The weight, less what failures took from it. */
  readonly effectiveWeights: readonly number[];
  /** null where a server has not failed, or has answered since. */
  readonly failures: readonly (Failures | null)[];
}

export interface Failures {
  /** `fails`: counted until the server answers after a pause. */
  readonly count: number;
  /** `accessed`: when it failed last. */
  readonly failedAtSeconds: number;
  /** `checked`: when it failed last or was tried again after its pause. */
  readonly checkedAtSeconds: number;
}

/** How peers stand when nginx has read its configuration (`ngx_http_upstream_init_round_robin`). @throws RangeError for what is no weight. */
export function freshPeers(servers: readonly NginxServer[]): PeersState {
  return {
    currentWeights: servers.map(() => 0),
    effectiveWeights: checkWeights(servers).map((server) => server.weight),
    failures: servers.map(() => null),
  };
}

/** nginx's clock for upstreams ticks in whole seconds (`ngx_time`). */
export function secondsOf(nowMs: number): number {
  return Math.floor(nowMs / 1000);
}

/** One server and no backup: chosen without regard to its failures, which are not counted either (`peers->single`). */
export function isSingle(servers: readonly NginxServer[]): boolean {
  return servers.length === 1 && servers[0]!.backup !== true;
}

/** Never to be chosen as it stands, whatever came before. */
export function isShut(server: NginxServer): boolean {
  return server.down === true || server.weight <= 0 || server.overloaded;
}

/** Whether a request may go to `servers[index]`: it stands open, is not tried yet and is not left alone for its failures. */
export function takes(state: PeersState, servers: readonly NginxServer[], index: number, request: Request): boolean {
  const server = servers[index]!;
  if (isShut(server) || request.tried?.includes(server.id) === true) return false;
  const failures = state.failures[index]!;
  const { maxFails = 1, failTimeoutSeconds = 10 } = server;
  if (failures === null || maxFails === 0 || failures.count < maxFails) return true;
  return secondsOf(request.nowMs) - failures.checkedAtSeconds > failTimeoutSeconds;
}

/** A server that failed and is chosen after its pause: its answer will tell whether it is back. */
export function checkedNow<State extends PeersState>(
  state: State,
  servers: readonly NginxServer[],
  index: number,
  nowMs: number,
): State {
  const failures = state.failures[index]!;
  const now = secondsOf(nowMs);
  if (failures === null || now - failures.checkedAtSeconds <= (servers[index]!.failTimeoutSeconds ?? 10)) return state;
  return { ...state, failures: state.failures.with(index, { ...failures, checkedAtSeconds: now }) };
}

/**
 * To how many servers one request is sent at most, one after the other (`ngx_http_upstream_tries`,
 * src/http/ngx_http_upstream_round_robin.c): all that are not down, but a single server only once.
 */
export function nginxTries(servers: readonly NginxServer[]): number {
  return servers.filter((server) => server.down !== true && server.weight > 0).length;
}
