import { drawBelow } from "../chance.ts";
import { compareText, endpointsOf } from "../endpoints.ts";
import { md5 } from "../md5.ts";
import type { Odds, Request, Scheduler, Server } from "../scheduler.ts";
import type { SessionOptions } from "./session.ts";
import { type SessionPick, stickyScheduler } from "./sticky.ts";

export interface PersistentState {
  readonly nodes: KeyedEndpoints;
}

/** Every endpoint by its key, in the order of the keys. */
export interface KeyedEndpoints {
  readonly keys: readonly string[];
  /** Where each stands in the list of servers. */
  readonly positions: readonly number[];
}

const name = "ingress-nginx/sticky_persistent";

/**
 * ingress-nginx's `affinity: cookie` in mode `persistent`: the cookie's key is the MD5 of backend and endpoint, so a
 * session stays where it is as long as that endpoint lives (rootfs/etc/nginx/lua/balancer/sticky_persistent.lua over
 * util/nodemap.lua). A key that nobody has, or none, gets a random endpoint of those that did not just fail: one draw.
 *
 * nodemap.lua counts through a Lua table, whose order nobody promises; here it is the order of the keys.
 */
export function stickyPersistentWith(options: SessionOptions): Scheduler<PersistentState> {
  return stickyScheduler({ name, build: (servers) => keyed(servers, options.backend), find, pick, odds }, options);
}

function keyed(servers: readonly Server[], salt: string): PersistentState {
  const { names, positions } = endpointsOf(servers);
  const entries = names.map((endpoint, at) => ({ key: md5(salt + endpoint), position: positions[at]! }));
  entries.sort((a, b) => compareText(a.key, b.key));
  const keys = entries.map((entry) => entry.key);
  return { nodes: { keys, positions: entries.map((entry) => entry.position) } };
}

function find({ nodes: { keys, positions } }: PersistentState, key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (keys[middle]! < key) low = middle + 1;
    else high = middle;
  }
  return keys[low] === key ? positions[low]! : -1;
}

function odds({ nodes }: PersistentState, servers: readonly Server[]): Odds {
  const parts = servers.map((_, index) => (nodes.positions.includes(index) ? 1n : 0n));
  return { parts, whole: BigInt(Math.max(1, nodes.positions.length)) };
}

/** nodemap.lua `random_except`. */
function pick(
  { nodes }: PersistentState,
  request: Request,
  failed: (index: number) => boolean,
): SessionPick | undefined {
  const places = request.tried?.length ? untriedPlaces(nodes, failed) : undefined;
  const count = places?.length ?? nodes.keys.length;
  if (count === 0) return undefined;
  const drawn = drawBelow(request, count, name);
  const place = places?.[drawn] ?? drawn;
  return { index: nodes.positions[place]!, key: nodes.keys[place]!, examined: 1 };
}

function untriedPlaces({ positions }: KeyedEndpoints, failed: (index: number) => boolean): number[] {
  return [...positions.keys()].filter((place) => !failed(positions[place]!));
}

export const stickyPersistent: Scheduler<PersistentState> = stickyPersistentWith({
  backend: "default-web-80",
  changeOnFailure: false,
});
