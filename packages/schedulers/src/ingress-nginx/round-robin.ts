import { drawBelow } from "../chance.ts";
import { sortedEndpoints } from "../endpoints.ts";
import { greatestCommonDivisor } from "../ipvs/gcd.ts";
import type { Choice, Request, Scheduler, Server } from "../scheduler.ts";

export interface RoundRobinState {
  readonly nodes: RoundRobinNodes;
  /** What a node's weight must reach in the present pass. */
  readonly currentWeight: number;
  /** Place of the node that was picked last, in the order of the nodes; undrawn until a request brings chance. */
  readonly last: number | "undrawn";
}

/** The nodes in the order in which a pass meets them. */
export interface RoundRobinNodes {
  readonly names: readonly string[];
  readonly weights: readonly number[];
  /** Where each stands in the list of servers. */
  readonly positions: readonly number[];
  readonly maximumWeight: number;
  /** By how much each pass asks for less: the greatest common divisor of all weights. */
  readonly interval: number;
}

const name = "ingress-nginx/round_robin";

/**
 * ingress-nginx's default: round robin in a fixed order from a random start (rootfs/etc/nginx/lua/balancer/round_robin.lua
 * over lua-resty-balancer's resty.roundrobin). Other nodes, or other weights, start it anew at a random place; a list that
 * says the same goes on. Draws once, with the first request after a start, and not for a single node.
 *
 * The library walks a Lua table, whose order nobody promises; here it is the order of the names. ingress-nginx gives
 * every node weight 1; other weights are honoured as the library does: each pass takes the nodes whose weight reaches the
 * current one, then asks for less.
 */
export const roundRobin: Scheduler<RoundRobinState> = {
  name,
  start: (servers) => begin(nodesOf(servers)),
  added: sync,
  removed: sync,
  changed: sync,
  choose,
  remembers: () => false,
};

function nodesOf(servers: readonly Server[]): RoundRobinNodes {
  const { names, positions } = sortedEndpoints(servers);
  const weights = positions.map((position) => servers[position]!.weight);
  const interval = weights.reduce((divisor, weight) => greatestCommonDivisor(weight, divisor), 0);
  const maximumWeight = weights.reduce((largest, weight) => Math.max(largest, weight), 0);
  return { names, weights, positions, maximumWeight, interval };
}

function begin(nodes: RoundRobinNodes): RoundRobinState {
  return { nodes, currentWeight: nodes.maximumWeight, last: "undrawn" };
}

/** balancer/resty.lua `sync`: only another set of nodes is another start. */
function sync(state: RoundRobinState, servers: readonly Server[]): RoundRobinState {
  const nodes = nodesOf(servers);
  return sameNodes(state.nodes, nodes) ? { ...state, nodes } : begin(nodes);
}

function sameNodes(before: RoundRobinNodes, after: RoundRobinNodes): boolean {
  if (before.names.length !== after.names.length) return false;
  return before.names.every((node, at) => node === after.names[at] && before.weights[at] === after.weights[at]);
}

function choose(state: RoundRobinState, _: readonly Server[], request: Request): Choice<RoundRobinState> {
  const { nodes } = state;
  const count = nodes.positions.length;
  if (count === 0) return { state, index: -1, examined: 0 };
  if (count === 1) return { state, index: nodes.positions[0]!, examined: 1 };
  let last = state.last === "undrawn" ? drawBelow(request, count, name) : state.last;
  let currentWeight = state.currentWeight;
  let examined = 0;
  while (true) {
    while (++last < count) {
      examined++;
      if (nodes.weights[last]! >= currentWeight) {
        return { state: { nodes, currentWeight, last }, index: nodes.positions[last]!, examined };
      }
    }
    last = -1;
    currentWeight -= nodes.interval;
    if (currentWeight <= 0) currentWeight = nodes.maximumWeight;
  }
}
