import type { Odds } from "../scheduler.ts";
import { compareLoads } from "./least-conn.ts";
import { anybody } from "./odds.ts";
import { isSingle, type NginxServer, type PeersState, takes } from "./peers.ts";
import { roundRobin } from "./round-robin.ts";
import { maxTries } from "./search.ts";

/** `random()` gives so many different numbers, one as likely as the other. */
const numbers = 2n ** 31n;
const draws = BigInt(maxTries + 1);

/** How many of the numbers that `random()` gives lead to each server: modulo favours the first a little. */
function numbersOf(ranges: readonly number[]): bigint[] {
  const totalWeight = BigInt(ranges.at(-1)!);
  if (totalWeight === 0n) return ranges.slice(1).map(() => 0n);
  const [rounds, rest] = [numbers / totalWeight, numbers % totalWeight];
  const upTo = (range: number): bigint => rounds * BigInt(range) + (BigInt(range) < rest ? BigInt(range) : rest);
  return ranges.slice(1).map((end, i) => upTo(end) - upTo(ranges[i]!));
}

/** Of all series of 21 draws: which server each leads to, when the first draw that can be had decides. */
export function oddsOfOne(state: PeersState, ranges: readonly number[], servers: readonly NginxServer[]): Odds {
  const { open, inVain, parts } = measure(state, ranges, servers);
  let earlier = 0n;
  for (let draw = 0n; draw < draws; draw++) earlier += inVain ** draw * numbers ** (draws - 1n - draw);
  for (const [i, count] of open) parts[i]! += count * earlier;
  return withRoundRobin(state, servers, parts, inVain ** draws);
}

/** The same, when it takes two different servers. */
export function oddsOfTwo(state: PeersState, ranges: readonly number[], servers: readonly NginxServer[]): Odds {
  const { open, inVain, parts } = measure(state, ranges, servers);
  let left = inVain ** draws;
  for (const [first, count] of open) {
    // Series in which this server alone has been drawn, by draws: their last draw is yet to come.
    let holding = 0n;
    let ends = 0n;
    for (let draw = 0n; draw < draws; draw++) {
      ends += holding * numbers ** (draws - 1n - draw);
      holding = holding * (inVain + count) + inVain ** draw * count;
    }
    left += holding;
    for (const [second, more] of open) {
      if (second === first) continue;
      const better = compareLoads(servers[second]!, servers[first]!) > 0 ? first : second;
      parts[better]! += ends * more;
    }
  }
  return withRoundRobin(state, servers, parts, left);
}

interface Measures {
  /** Servers that can be had, with how many numbers lead to each. */
  readonly open: readonly (readonly [number, bigint])[];
  /** How many numbers lead to others. */
  readonly inVain: bigint;
  /** Nothing yet for anybody. */
  readonly parts: bigint[];
}

function measure(state: PeersState, ranges: readonly number[], servers: readonly NginxServer[]): Measures {
  const open = [...numbersOf(ranges).entries()].filter(
    ([i]) => !isSingle(servers) && takes(state, servers, i, anybody),
  );
  const inVain = open.reduce((rest, [, count]) => rest - count, numbers);
  return { open, inVain, parts: servers.map(() => 0n) };
}

function withRoundRobin(state: PeersState, servers: readonly NginxServer[], parts: bigint[], left: bigint): Odds {
  const { index } = roundRobin(state, servers, anybody);
  if (index >= 0) parts[index]! += left;
  return { parts, whole: numbers ** draws };
}
