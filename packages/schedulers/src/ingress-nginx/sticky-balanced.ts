import { drawBelow } from "../chance.ts";
import type { Request, Scheduler } from "../scheduler.ts";
import { endpointRing, ringOdds } from "./endpoint-ring.ts";
import { secondsOf } from "./ewma-scores.ts";
import { type HashRing, ownerOf } from "./hash-ring.ts";
import type { SessionOptions } from "./session.ts";
import { type SessionPick, stickyScheduler } from "./sticky.ts";

export interface BalancedSessionOptions extends SessionOptions {
  /** The nginx worker's process id, a part of the keys that it makes. */
  readonly worker: number;
}

/** `MAX_UPSTREAM_CHECKS_COUNT`. */
const mostKeys = 20;

const name = "ingress-nginx/sticky_balanced";

/**
 * ingress-nginx's `affinity: cookie` in mode `balanced`: the cookie's key, any text, is looked up on a hash ring of the
 * endpoints, so that a share of all sessions moves when endpoints come (rootfs/etc/nginx/lua/balancer/sticky_balanced.lua).
 * Without a cookie up to 20 keys `now.worker.random` are made until one names an endpoint that did not just fail; each
 * draws once. When all 20 name failed ones, nobody takes the request.
 */
export function stickyBalancedWith(options: BalancedSessionOptions): Scheduler<HashRing> {
  return stickyScheduler({ name, build: endpointRing, find: ownerOf, pick, odds: ringOdds }, options);

  function pick(ring: HashRing, request: Request, failed: (index: number) => boolean): SessionPick | undefined {
    if (ring.owners.length === 0) return undefined;
    const now = secondsOf(request.nowMs);
    for (let i = 1; i <= mostKeys; i++) {
      const key = `${luaNumber(now + i)}.${options.worker}.${drawBelow(request, 999_999, name) + 1}`;
      const index = ownerOf(ring, key);
      if (!failed(index)) return { index, key, examined: i };
    }
    return undefined;
  }
}

/** As Lua prints a number of seconds: `%.14g`. */
function luaNumber(value: number): string {
  return String(Number(value.toPrecision(14)));
}

export const stickyBalanced: Scheduler<HashRing> = stickyBalancedWith({
  backend: "default-web-80",
  changeOnFailure: false,
  worker: 1,
});
