import type { Choice, Odds, Request, Scheduler, Server } from "../scheduler.ts";
import { backendKey, type SessionOptions, sessionKey } from "./session.ts";

/** What the two modes differ in: how a key names an endpoint, and how a new one is picked. */
export interface SessionTable<State> {
  readonly name: string;
  build(servers: readonly Server[]): State;
  /** Of a client without a cookie. */
  odds(state: State, servers: readonly Server[]): Odds;
  /** Index of the server that the key of a cookie names; -1 for nobody. */
  find(state: State, key: string): number;
  /** A server that this request did not fail with, and the key that names it; undefined when none is found. */
  pick(state: State, request: Request, failed: (index: number) => boolean): SessionPick | undefined;
}

export interface SessionPick {
  readonly index: number;
  readonly key: string;
  readonly examined: number;
}

/**
 * A balancer by session cookie (rootfs/etc/nginx/lua/balancer/sticky.lua `balance`): the cookie's endpoint as long as it
 * names one, else a new one with a new cookie `key|backend`. Whether nginx sends that cookie depends on the location too,
 * which a balancer does not see.
 */
export function stickyScheduler<State>(table: SessionTable<State>, options: SessionOptions): Scheduler<State> {
  const suffix = `|${backendKey(options.backend)}`;
  return {
    name: table.name,
    start: table.build,
    added: (_, servers) => table.build(servers),
    removed: (_, servers) => table.build(servers),
    changed: (_, servers) => table.build(servers),
    choose,
    remembers: () => false,
    odds: table.odds,
  };

  function choose(state: State, servers: readonly Server[], request: Request): Choice<State> {
    const tried = request.tried ?? [];
    const key = sessionKey(request.cookie);
    const index = key === undefined ? -1 : table.find(state, key);
    if (index >= 0 && !(options.changeOnFailure && tried.length > 0)) return { state, index, examined: 1 };
    const picked = table.pick(state, request, (at) => tried.includes(servers[at]!.id));
    if (picked === undefined) return { state, index: -1, examined: 0 };
    return { state, index: picked.index, examined: picked.examined, cookie: picked.key + suffix };
  }
}
