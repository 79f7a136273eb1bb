import type { Server } from "../scheduler.ts";
import { isAvailable } from "./availability.ts";

/**
 * The server of the request's bucket, if it takes connections. With `fallback`, otherwise that of the buckets
 * `bucketAt(first)`, `bucketAt(first + 1)` …, as many as the table has: the offset wraps there (ip_vs_sh_get_fallback,
 * ip_vs_mh_get_fallback). In sh these are all buckets, the first one among them again. In mh each is a hash of its own:
 * some come twice, others never.
 */
export function searchBuckets(
  buckets: readonly number[],
  servers: readonly Server[],
  fallback: boolean,
  bucketAt: (offset: number) => number,
): { index: number; examined: number } {
  const first = bucketAt(0);
  const chosen = buckets[first];
  if (chosen === undefined) return { index: -1, examined: 0 };
  if (isAvailable(servers[chosen]!)) return { index: chosen, examined: 1 };
  let examined = 1;
  for (let step = 0; fallback && step < buckets.length; step++) {
    const index = buckets[bucketAt((first + step) % buckets.length)]!;
    examined++;
    if (isAvailable(servers[index]!)) return { index, examined };
  }
  return { index: -1, examined };
}
