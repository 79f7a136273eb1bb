import type { Scheduler, Server } from "../scheduler.ts";
import { startWith } from "../servers.ts";
import { type Fraction, fraction } from "./fraction.ts";
import { findPeriod } from "./period.ts";
import { type Load, type Pick, Sequence } from "./sequence.ts";

/** Where the shares come from: a table's places or dice, a period, or so many arrivals counted. */
export type Basis =
  | { readonly kind: "odds" }
  | { readonly kind: "period"; readonly length: number; readonly before: number }
  | { readonly kind: "arrivals"; readonly length: number };

/** What one server gets. */
export interface ServerFairness {
  readonly id: number;
  readonly share: Fraction;
  /** Picks of it in a row; undefined with odds, which know no order. */
  readonly longestRun?: number;
  /** Picks of others between two of it; undefined with odds, or when it is never picked. */
  readonly longestGap?: number;
}

export interface Fairness {
  readonly basis: Basis;
  /** By id. */
  readonly servers: readonly ServerFairness[];
  /** What nobody takes. */
  readonly nobody: Fraction;
  /** By how many picks a server is at most before or behind its share, from any start; undefined with odds. */
  readonly discrepancy?: Fraction;
  /** Servers looked at for a pick, in the mean and at most; undefined with odds. */
  readonly examined?: { readonly mean: Fraction; readonly most: number };
}

/**
 * Which share of all requests each server gets, exactly: by the scheduler's own odds where a table or dice decide, over a
 * period where it repeats itself under this load, else over the first `arrivals` (100 when not given).
 *
 * @throws TypeError from a scheduler that draws when the load's requests bring no `random` and it tells no odds.
 */
export function fairness<State>(
  scheduler: Scheduler<State>,
  servers: readonly Server[],
  load: Load & { readonly arrivals?: number } = {},
): Fairness {
  const odds = scheduler.odds?.(startWith(scheduler, servers), servers);
  if (odds !== undefined) return fairnessOfOdds(servers, odds.parts, odds.whole);
  const period = findPeriod(scheduler, servers, load);
  if (period !== undefined) {
    const { before, picks } = period;
    return fairnessOfPicks(servers, picks, { kind: "period", length: picks.length, before: before.length });
  }
  const sequence = new Sequence(scheduler, servers, load);
  const picks = Array.from({ length: load.arrivals ?? 100 }, () => sequence.next());
  return fairnessOfPicks(servers, picks, { kind: "arrivals", length: picks.length });
}

function fairnessOfOdds(servers: readonly Server[], parts: readonly bigint[], whole: bigint): Fairness {
  const taken = parts.reduce((sum, part) => sum + part, 0n);
  const shares = servers.map(({ id }, index) => ({ id, share: fraction(parts[index]!, whole) }));
  return { basis: { kind: "odds" }, servers: byId(shares), nobody: fraction(whole - taken, whole) };
}

function fairnessOfPicks(servers: readonly Server[], sequence: readonly Pick[], basis: Basis): Fairness {
  const picks = sequence.map(({ id }) => id);
  const counts = sequence.map(({ examined }) => examined);
  const mean = fraction(
    counts.reduce((sum, count) => sum + count, 0),
    counts.length,
  );
  const examined = { mean, most: counts.reduce((most, count) => Math.max(most, count), 0) };
  const around = basis.kind === "period";
  const each = servers.map(({ id }) => {
    const places = picks.flatMap((pick, place) => (pick === id ? [place] : []));
    const longestRun = longestStreak(picks, around, (pick) => pick === id);
    const gap = longestStreak(picks, around, (pick) => pick !== id);
    const share = fraction(places.length, picks.length);
    return { id, share, longestRun, ...(places.length > 0 && { longestGap: gap }) };
  });
  const nobody = fraction(picks.filter((pick) => pick < 0).length, picks.length);
  return { basis, servers: byId(each), nobody, discrepancy: discrepancyOf(servers, picks), examined };
}

/** How many picks in a row are such; a period's end runs on into its start. */
function longestStreak(picks: readonly number[], around: boolean, such: (pick: number) => boolean): number {
  if (around && picks.every(such)) return picks.length;
  let longest = 0;
  let streak = 0;
  for (let at = 0; at < picks.length * (around ? 2 : 1); at++) {
    streak = such(picks[at % picks.length]!) ? streak + 1 : 0;
    longest = Math.max(longest, streak);
  }
  return longest;
}

/**
 * The count of picks less the share, n picks after some start, is a walk; from any start to any end it moves by at most
 * its highest less its lowest point.
 */
function discrepancyOf(servers: readonly Server[], picks: readonly number[]): Fraction {
  let widest = 0;
  for (const { id } of servers) {
    const total = picks.filter((pick) => pick === id).length;
    let [walk, highest, lowest] = [0, 0, 0];
    for (const pick of picks) {
      walk += (pick === id ? picks.length : 0) - total;
      highest = Math.max(highest, walk);
      lowest = Math.min(lowest, walk);
    }
    widest = Math.max(widest, highest - lowest);
  }
  return fraction(widest, picks.length);
}

function byId<T extends { readonly id: number }>(servers: readonly T[]): T[] {
  return servers.toSorted((a, b) => a.id - b.id);
}
