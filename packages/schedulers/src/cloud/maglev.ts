import { sortedEndpoints } from "../endpoints.ts";
import { md5Words } from "../md5.ts";
import type { Odds, Scheduler, Server } from "../scheduler.ts";
import { flowHash } from "./flow-hash.ts";

export interface MaglevState {
  /** For each place of the lookup table the index of its server in the list; empty without servers. */
  readonly table: readonly number[];
}

/**
 * Maglev hashing: every backend has a preference list of its own over the places of a table, all take turns in claiming
 * the next free place that they prefer, and a flow's five-tuple hash names a place (Eisenbud et al., "Maglev: A Fast and
 * Reliable Software Network Load Balancer", NSDI 2016, section 3.4 and pseudocode 1).
 *
 * Of the paper: the preference list from an offset and a skip, the turns, the sizes 65537 and 655373. A model, since the
 * paper does not say: the two hashes of a backend's name (the first two words of the MD5 of `ip:port`), the flow's hash
 * (CRC-32), the order of the turns (by name), and that all backends weigh the same (the paper mentions that turns may
 * differ in frequency, not how). The connection table in front of it is not modelled. Google's network load balancer and
 * Google Cloud's passthrough balancers are Maglev; IPVS has a variant with weights, `mh`.
 *
 * @param size Places of the table: a prime, so that each skip visits all of them.
 * @throws RangeError for a size that is no prime above 2.
 */
export function maglevWith(size: number): Scheduler<MaglevState> {
  if (!isPrime(size)) throw new RangeError(`a Maglev table's size is a prime above 2, not ${size}`);
  return {
    name: "cloud/maglev",
    start: (servers) => populate(servers, size),
    added: (_, servers) => populate(servers, size),
    removed: (_, servers) => populate(servers, size),
    changed: (_, servers) => populate(servers, size),
    choose(state, _, request) {
      if (state.table.length === 0) return { state, index: -1, examined: 0 };
      return { state, index: state.table[flowHash(request) % size]!, examined: 1 };
    },
    remembers: () => false,
    odds: (state, servers) => oddsOf(state, servers, size),
  };
}

/** With the smaller of the paper's two table sizes. */
export const maglev: Scheduler<MaglevState> = maglevWith(65537);

function populate(servers: readonly Server[], size: number): MaglevState {
  const { names, positions } = sortedEndpoints(servers);
  if (names.length === 0) return { table: [] };
  const hashes = names.map((endpoint) => md5Words(endpoint));
  const preferred = hashes.map(([first]) => first! % size);
  const skips = hashes.map(([, second]) => (second! % (size - 1)) + 1);
  const table = new Array<number>(size).fill(-1);
  for (let filled = 0; filled < size; filled++) {
    const turn = filled % names.length;
    while (table[preferred[turn]!]! >= 0) preferred[turn] = (preferred[turn]! + skips[turn]!) % size;
    table[preferred[turn]!] = positions[turn]!;
  }
  return { table };
}

/** A flow's hash modulo the size is taken for even, which it is to one in 65535. */
function oddsOf({ table }: MaglevState, servers: readonly Server[], size: number): Odds {
  const parts = new Array<number>(servers.length).fill(0);
  for (const index of table) parts[index]!++;
  return { parts: parts.map(BigInt), whole: BigInt(size) };
}

function isPrime(size: number): boolean {
  if (!Number.isSafeInteger(size) || size < 3 || size % 2 === 0) return false;
  for (let factor = 3; factor * factor <= size; factor += 2) if (size % factor === 0) return false;
  return true;
}
