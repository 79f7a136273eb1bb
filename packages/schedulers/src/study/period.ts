import type { Scheduler, Server } from "../scheduler.ts";
import { type Load, type Pick, Sequence } from "./sequence.ts";

/** What a scheduler repeats for ever. */
export interface Period {
  /** Picks before the first time, where it does not start inside the circle. */
  readonly before: readonly Pick[];
  readonly picks: readonly Pick[];
}

/**
 * Lets a scheduler run until everything stands as it stood once before: from there on it repeats itself. Undefined when
 * that does not happen within `limit` picks: connections that stay open make new states for ever, and so does a state
 * that counts. A scheduler that draws has no period; ask for its odds.
 *
 * @example
 * findPeriod(wrr, serversOf(wrr, ["10.0.0.1:80", { address: "10.0.0.2:80", weight: 2 }]))?.picks.map(({ id }) => id); // [1, 1, 0]
 */
export function findPeriod<State>(
  scheduler: Scheduler<State>,
  servers: readonly Server[],
  load: Load & { readonly limit?: number } = {},
): Period | undefined {
  const { limit = 10_000 } = load;
  const sequence = new Sequence(scheduler, servers, load);
  const seen = new Map<string, number>();
  const picks: Pick[] = [];
  while (picks.length <= limit) {
    const { key } = sequence;
    const first = seen.get(key);
    if (first !== undefined) return { before: picks.slice(0, first), picks: picks.slice(first) };
    seen.set(key, picks.length);
    picks.push(sequence.next());
  }
  return undefined;
}
