import type { Choice, Odds, Request, Scheduler, Server } from "../scheduler.ts";
import { checkWeights } from "../weight.ts";
import { isAvailable } from "./availability.ts";

/**
 * Which server (by index) each bucket leads to; null while there is no need to know. The kernel deals the buckets anew
 * at each change, from the servers alone, so the first choice after a change is soon enough.
 */
export interface HashTableState {
  readonly buckets: readonly number[] | null;
}

const unknown: HashTableState = { buckets: null };

/** A scheduler that looks its server up in a table which depends on nothing but the list of servers. */
export function hashScheduler(
  name: string,
  deal: (servers: readonly Server[]) => readonly number[],
  look: (
    buckets: readonly number[],
    servers: readonly Server[],
    request: Request,
  ) => { readonly index: number; readonly examined: number },
): Scheduler<HashTableState> {
  const forget = (): HashTableState => unknown;
  return {
    name,
    start: forget,
    added: forget,
    removed: forget,
    changed: forget,
    choose(state, servers, request): Choice<HashTableState> {
      const buckets = state.buckets ?? deal(checkWeights(servers));
      const { index, examined } = look(buckets, servers, request);
      return { state: state.buckets === null ? { buckets } : state, index, examined };
    },
    remembers: () => false,
    odds: (state, servers) => oddsOf(state.buckets ?? deal(checkWeights(servers)), servers),
  };
}

/** Every bucket is as likely as the next; those of a server that takes no connections lead nowhere. */
function oddsOf(buckets: readonly number[], servers: readonly Server[]): Odds {
  const parts = servers.map(() => 0n);
  for (const index of buckets) if (isAvailable(servers[index]!)) parts[index]!++;
  return { parts, whole: BigInt(Math.max(1, buckets.length)) };
}
