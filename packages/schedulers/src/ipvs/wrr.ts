import type { Choice, Scheduler, Server } from "../scheduler.ts";
import { checkWeight, checkWeights } from "../weight.ts";
import { greatestCommonDivisor } from "./gcd.ts";

export interface WeightedRoundRobinState {
  /** Index of the server that was chosen last; -1 for the head of the list. */
  readonly position: number;
  /** What a server's weight must reach in the present pass. */
  readonly currentWeight: number;
  /** Where a round starts: the largest weight less `interval - 1`. */
  readonly maximumWeight: number;
  /** By how much each pass asks for less: the greatest common divisor of all weights. */
  readonly interval: number;
}

/**
 * Weighted round robin by passes: each pass over the list takes the servers whose weight reaches the current one, then
 * asks for less (ip_vs_wrr_schedule, net/netfilter/ipvs/ip_vs_wrr.c). Any change of a server sends the position back to the
 * head but keeps the current weight where the new weights allow it (ip_vs_wrr_dest_changed).
 */
export const wrr: Scheduler<WeightedRoundRobinState> = {
  name: "wrr",
  start(servers) {
    const measures = measure(servers);
    return { position: -1, currentWeight: measures.maximumWeight, ...measures };
  },
  added: add,
  removed: remeasure,
  changed: remeasure,
  choose,
  remembers: () => false,
};

interface Measures {
  readonly maximumWeight: number;
  readonly interval: number;
}

function measure(servers: readonly Server[]): Measures {
  let divisor = 0;
  let largest = 0;
  for (const { weight } of checkWeights(servers)) {
    divisor = greatestCommonDivisor(weight, divisor);
    largest = Math.max(largest, weight);
  }
  return measuresOf(divisor, largest);
}

function measuresOf(divisor: number, largest: number): Measures {
  const interval = divisor === 0 ? 1 : divisor;
  return { maximumWeight: largest - (interval - 1), interval };
}

/** The new server's weight is all that can change the measures. */
function add(state: WeightedRoundRobinState, servers: readonly Server[], index: number): WeightedRoundRobinState {
  const weight = checkWeight(servers[index]!.weight);
  const largest = state.maximumWeight + state.interval - 1;
  const divisor = largest === 0 ? 0 : state.interval;
  return fromHead(state, measuresOf(greatestCommonDivisor(weight, divisor), Math.max(largest, weight)));
}

function remeasure(state: WeightedRoundRobinState, servers: readonly Server[]): WeightedRoundRobinState {
  return fromHead(state, measure(servers));
}

function fromHead(state: WeightedRoundRobinState, measures: Measures): WeightedRoundRobinState {
  return { position: -1, currentWeight: fitWeight(state.currentWeight, measures), ...measures };
}

/** The current weight, moved onto a step of the new weights. */
function fitWeight(current: number, measures: Measures): number {
  const { maximumWeight, interval } = measures;
  if (current > maximumWeight || current === 0) return maximumWeight;
  if (interval > 1) return Math.trunc(current / interval) * interval + 1;
  return current;
}

function choose(state: WeightedRoundRobinState, servers: readonly Server[]): Choice<WeightedRoundRobinState> {
  const { maximumWeight, interval, position: last } = state;
  if (maximumWeight === 0) return { state, index: -1, examined: 0 };
  let currentWeight = state.currentWeight;
  let index = last;
  let examined = 0;
  let stop = -1;
  let lastPass = false;
  let restarted = false;
  let fromHead = last < 0;
  while (true) {
    while (++index < servers.length) {
      const server = servers[index]!;
      examined++;
      if (!server.overloaded && server.weight >= currentWeight) {
        return { state: { position: index, currentWeight, maximumWeight, interval }, index, examined };
      }
      if (index === stop) return nobody(index);
    }
    if (fromHead) {
      const passes = fruitlessPasses(servers, currentWeight, interval);
      currentWeight -= passes * interval;
      examined += passes * servers.length;
    }
    fromHead = true;
    index = -1;
    currentWeight -= interval;
    if (currentWeight <= 0) {
      currentWeight = maximumWeight;
      // The pass that ended took everybody with any weight, and it went over the whole list.
      if (lastPass || last === -1) return nobody(-1);
      restarted = true;
    }
    lastPass = currentWeight <= interval;
    // The lowest pass had begun behind `last`: what stands up to there is still to be seen.
    if (lastPass && restarted && last !== -1) stop = last;
  }

  function nobody(position: number): Choice<WeightedRoundRobinState> {
    return { state: { position, currentWeight, maximumWeight, interval }, index: -1, examined };
  }
}

/**
 * How many passes in a row, after one over the whole list that took nobody, take nobody either: those that ask for more than
 * any server has that is not overloaded. The lowest pass is never among them. The kernel makes each of them, which are two
 * thousand million with the largest weight.
 */
function fruitlessPasses(servers: readonly Server[], currentWeight: number, interval: number): number {
  let enough = interval;
  for (const { overloaded, weight } of servers) if (!overloaded && weight > enough) enough = weight;
  return Math.max(0, Math.ceil((currentWeight - enough) / interval) - 1);
}
