import type { Server } from "../scheduler.ts";
import { isAvailable } from "./availability.ts";

/**
 * The server of the request's bucket, if it takes connections. With `fallback`, otherwise that of the buckets
 * `bucketAt(first)`, `bucketAt(first + 1)` … (the offset wraps at the table's size), each at most once
 * (ip_vs_sh_get_fallback, ip_vs_mh_get_fallback).
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
