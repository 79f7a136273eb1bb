import type { Scheduler } from "../scheduler.ts";
import { endpointRing, ringOdds } from "./endpoint-ring.ts";
import { type HashRing, ownerOf } from "./hash-ring.ts";

/**
 * ingress-nginx's `upstream-hash-by`: the request's `key` names the endpoint by consistent hashing with 160 points for
 * each (rootfs/etc/nginx/lua/balancer/chash.lua over lua-resty-balancer's resty.chash). A retry finds the same endpoint
 * again. All endpoints weigh the same, whatever their weight, because `get_nodes` of util.lua gives each of them 1. A
 * request without `key` hashes the empty text, as where no variable of the expression is set.
 *
 * @example
 * const state = ingressChash.start(servers, 0);
 * ingressChash.choose(state, servers, { ...request, key: "/cart" }).index;
 */
export const chash: Scheduler<HashRing> = {
  name: "ingress-nginx/chash",
  start: endpointRing,
  added: (_, servers) => endpointRing(servers),
  removed: (_, servers) => endpointRing(servers),
  changed: (_, servers) => endpointRing(servers),
  choose(state, _, request) {
    const index = ownerOf(state, request.keyBytes ?? request.key ?? "");
    return { state, index, examined: index < 0 ? 0 : 1 };
  },
  remembers: () => false,
  odds: ringOdds,
};
