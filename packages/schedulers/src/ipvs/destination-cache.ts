import { foldAddress, hash32 } from "./address-hash.ts";

/** One destination address that lblc or lblcr remembers. */
export interface CacheEntry {
  readonly address: readonly number[];
  /** Virtual time in milliseconds. */
  readonly lastUseMs: number;
}

/**
 * The table of lblc and lblcr: entries by destination address in 1024 buckets (CONFIG_IP_VS_LBLC_TAB_BITS,
 * CONFIG_IP_VS_LBLCR_TAB_BITS), the newest first in each. A value: putting an entry copies one bucket and the array of
 * buckets.
 */
export interface DestinationCache<Entry extends CacheEntry> {
  readonly buckets: readonly (readonly Entry[])[];
  readonly size: number;
  /** When its timer runs next; virtual time in milliseconds. */
  readonly nextCheckMs: number;
  /** Runs of the timer since the last full check, as the kernel counts them. */
  readonly counter: number;
  /** The bucket at which the last check ended. */
  readonly rover: number;
}

const tableBits = 10;
const tableSize = 2 ** tableBits;
const maximumEntries = tableSize * 16;
/** No address is added to so many. */
const fullSize = (maximumEntries * 3) / 2;
const checkIntervalMs = 60_000;
const checksPerFullCheck = 30;
/** What a full check throws away: net.ipv4.vs.lblc_expiration and lblcr_expiration by default. */
export const defaultExpirationMs = 86_400_000;
/** What a check of an overfull table throws away. */
const staleMs = 360_000;

export function emptyCache<Entry extends CacheEntry>(nowMs: number): DestinationCache<Entry> {
  const buckets = new Array<readonly Entry[]>(tableSize).fill([]);
  return { buckets, size: 0, nextCheckMs: nowMs + checkIntervalMs, counter: 1, rover: 0 };
}

export function findEntry<Entry extends CacheEntry>(
  cache: DestinationCache<Entry>,
  address: readonly number[],
): Entry | undefined {
  return cache.buckets[bucketOf(address)]!.find((entry) => sameAddress(entry.address, address));
}

/** The table with this entry in the place of the one for its address, or as the first of its bucket unless the table is full. */
export function putEntry<Entry extends CacheEntry>(
  cache: DestinationCache<Entry>,
  entry: Entry,
): DestinationCache<Entry> {
  const bucket = bucketOf(entry.address);
  const old = cache.buckets[bucket]!;
  const at = old.findIndex((other) => sameAddress(other.address, entry.address));
  if (at < 0 && cache.size >= fullSize) return cache;
  const chain = at < 0 ? [entry, ...old] : old.with(at, entry);
  return { ...cache, buckets: cache.buckets.with(bucket, chain), size: at < 0 ? cache.size + 1 : cache.size };
}

/**
 * The table after all runs of its timer that were due by now: every 30th throws out what was not used for `expirationMs`;
 * the others do something only above 16,384 entries (ip_vs_lblc_check_expire, ip_vs_lblcr_check_expire). Entries change
 * only when there is something to choose, so it is soon enough to catch up then.
 */
export function catchUp<Entry extends CacheEntry>(
  cache: DestinationCache<Entry>,
  nowMs: number,
  expirationMs: number = defaultExpirationMs,
): DestinationCache<Entry> {
  let current = cache;
  while (current.nextCheckMs <= nowMs) {
    const checkedMs = current.nextCheckMs;
    if (current.size === 0) current = skipChecks(current, nowMs);
    else if (current.counter % checksPerFullCheck === 0) {
      current = { ...collect(current, checkedMs - expirationMs, Number.POSITIVE_INFINITY), counter: 1 };
    } else if (current.size <= maximumEntries) current = { ...current, counter: current.counter + 1 };
    else {
      const excess = Math.floor(((current.size - maximumEntries) * 4) / 3);
      current = collect(current, checkedMs - staleMs, Math.min(excess, maximumEntries / 2));
    }
    if (current.nextCheckMs === checkedMs) current = { ...current, nextCheckMs: checkedMs + checkIntervalMs };
  }
  return current;
}

/** All runs up to now at once, over an empty table. */
function skipChecks<Entry extends CacheEntry>(cache: DestinationCache<Entry>, nowMs: number): DestinationCache<Entry> {
  const runs = Math.floor((nowMs - cache.nextCheckMs) / checkIntervalMs) + 1;
  const counter = ((cache.counter - 1 + runs) % checksPerFullCheck) + 1;
  return { ...cache, counter, nextCheckMs: cache.nextCheckMs + runs * checkIntervalMs };
}

/** Without the entries last used at or before a time, bucket by bucket from the rover on until `goal` of them are gone. */
function collect<Entry extends CacheEntry>(
  cache: DestinationCache<Entry>,
  usedAfterMs: number,
  goal: number,
): DestinationCache<Entry> {
  const buckets = [...cache.buckets];
  let rover = cache.rover;
  let gone = 0;
  for (let i = 0; i < tableSize && gone < goal; i++) {
    rover = (rover + 1) % tableSize;
    const kept = buckets[rover]!.filter((entry) => entry.lastUseMs > usedAfterMs);
    gone += buckets[rover]!.length - kept.length;
    buckets[rover] = kept;
  }
  return { ...cache, buckets, rover, size: cache.size - gone };
}

export function everyEntry<Entry extends CacheEntry>(cache: DestinationCache<Entry>): readonly Entry[] {
  return cache.buckets.flat();
}

function bucketOf(address: readonly number[]): number {
  return hash32(foldAddress(address), tableBits);
}

function sameAddress(a: readonly number[], b: readonly number[]): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
