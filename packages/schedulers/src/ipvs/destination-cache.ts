import { foldAddress, hash32 } from "./address-hash.ts";

/** One destination address that lblc or lblcr remembers. */
export interface CacheEntry {
  readonly address: readonly number[];
  /** Virtual time in milliseconds. */
  readonly lastUseMs: number;
}

/** The newest entry first. */
type Bucket<Entry> = readonly Entry[];

/**
 * The table of lblc and lblcr: entries by destination address in 1024 buckets (CONFIG_IP_VS_LBLC_TAB_BITS,
 * CONFIG_IP_VS_LBLCR_TAB_BITS), kept as 32 shelves of 32. A value: putting an entry copies its bucket, that one's shelf and
 * the list of shelves.
 */
export interface DestinationCache<Entry extends CacheEntry> {
  readonly shelves: readonly (readonly Bucket<Entry>[])[];
  /** How many there are. */
  readonly size: number;
  /** How many the kernel believes there are, by which it clears. */
  readonly counted: number;
  /** When its timer runs next; virtual time in milliseconds. */
  readonly nextCheckMs: number;
  /** Runs of the timer since the last full check, as the kernel counts them. */
  readonly counter: number;
  /** The bucket at which the last check ended. */
  readonly rover: number;
}

const tableBits = 10;
const tableSize = 2 ** tableBits;
const shelfBits = 5;
const shelfSize = 2 ** shelfBits;
const maximumEntries = tableSize * 16;
const checkIntervalMs = 60_000;
const checksPerFullCheck = 30;
/** What a full check throws away: net.ipv4.vs.lblc_expiration and lblcr_expiration by default. */
export const defaultExpirationMs = 86_400_000;
/** What a check of an overfull table throws away. */
const staleMs = 360_000;

export function emptyCache<Entry extends CacheEntry>(nowMs: number): DestinationCache<Entry> {
  const shelf = new Array<Bucket<Entry>>(shelfSize).fill([]);
  const shelves = new Array<readonly Bucket<Entry>[]>(tableSize / shelfSize).fill(shelf);
  return { shelves, size: 0, counted: 0, nextCheckMs: nowMs + checkIntervalMs, counter: 1, rover: 0 };
}

export function findEntry<Entry extends CacheEntry>(
  cache: DestinationCache<Entry>,
  address: readonly number[],
): Entry | undefined {
  const bucket = bucketAt(cache, hashOf(address));
  return bucket[placeOf(bucket, address)];
}

/** The table with this entry in the place of the one for its address, or as the first of its bucket. */
export function putEntry<Entry extends CacheEntry>(
  cache: DestinationCache<Entry>,
  entry: Entry,
): DestinationCache<Entry> {
  const hash = hashOf(entry.address);
  const old = bucketAt(cache, hash);
  const place = placeOf(old, entry.address);
  const added = place === old.length ? 1 : 0;
  const bucket = added === 1 ? [entry, ...old] : replace(old, place, entry);
  const shelf = replace(cache.shelves[hash >>> shelfBits]!, hash % shelfSize, bucket);
  const { nextCheckMs, counter, rover } = cache;
  return {
    shelves: replace(cache.shelves, hash >>> shelfBits, shelf),
    size: cache.size + added,
    counted: cache.counted + added,
    nextCheckMs,
    counter,
    rover,
  };
}

/** The same with a new entry made for an address that has one: the kernel does not count the old one off (ip_vs_lblc_new). */
export function remakeEntry<Entry extends CacheEntry>(
  cache: DestinationCache<Entry>,
  entry: Entry,
): DestinationCache<Entry> {
  const put = putEntry(cache, entry);
  return { ...put, counted: cache.counted + 1 };
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
    current = current.size === 0 ? skipChecks(current, nowMs) : check(current, expirationMs);
  }
  return current;
}

/** The run of the timer that is due. */
function check<Entry extends CacheEntry>(
  cache: DestinationCache<Entry>,
  expirationMs: number,
): DestinationCache<Entry> {
  const checkedMs = cache.nextCheckMs;
  const next = { ...cache, nextCheckMs: checkedMs + checkIntervalMs };
  if (cache.counter % checksPerFullCheck === 0) {
    return { ...collect(next, checkedMs - expirationMs, Number.POSITIVE_INFINITY), counter: 1 };
  }
  if (cache.counted <= maximumEntries) return { ...next, counter: cache.counter + 1 };
  const excess = Math.floor(((cache.counted - maximumEntries) * 4) / 3);
  return collect(next, checkedMs - staleMs, Math.min(excess, maximumEntries / 2));
}

/** All runs up to now at once, over an empty table; one that counts as overfull is at the same run for ever. */
function skipChecks<Entry extends CacheEntry>(cache: DestinationCache<Entry>, nowMs: number): DestinationCache<Entry> {
  const runs = Math.floor((nowMs - cache.nextCheckMs) / checkIntervalMs) + 1;
  const turned = ((cache.counter - 1 + runs) % checksPerFullCheck) + 1;
  const overfull = cache.counted > maximumEntries;
  const standing = cache.counter % checksPerFullCheck === 0 ? 1 : cache.counter;
  const counter = overfull ? standing : turned;
  return { ...cache, counter, nextCheckMs: cache.nextCheckMs + runs * checkIntervalMs };
}

/** Without the entries last used at or before a time, bucket by bucket from the rover on until `goal` of them are gone. */
function collect<Entry extends CacheEntry>(
  cache: DestinationCache<Entry>,
  usedAfterMs: number,
  goal: number,
): DestinationCache<Entry> {
  const shelves = cache.shelves.map((shelf) => [...shelf]);
  let rover = cache.rover;
  let gone = 0;
  for (let i = 0; i < tableSize && gone < goal; i++) {
    rover = (rover + 1) % tableSize;
    const bucket = bucketAt(cache, rover);
    const kept = bucket.filter((entry) => entry.lastUseMs > usedAfterMs);
    gone += bucket.length - kept.length;
    shelves[rover >>> shelfBits]![rover % shelfSize] = kept;
  }
  return { ...cache, shelves, rover, size: cache.size - gone, counted: cache.counted - gone };
}

export function everyEntry<Entry extends CacheEntry>(cache: DestinationCache<Entry>): readonly Entry[] {
  return cache.shelves.flat(2);
}

function hashOf(address: readonly number[]): number {
  return hash32(foldAddress(address), tableBits);
}

function bucketAt<Entry extends CacheEntry>(cache: DestinationCache<Entry>, hash: number): Bucket<Entry> {
  return cache.shelves[hash >>> shelfBits]![hash % shelfSize]!;
}

/** Where the entry for an address stands; the length when it has none. */
function placeOf(bucket: Bucket<CacheEntry>, address: readonly number[]): number {
  let place = 0;
  while (place < bucket.length && !sameAddress(bucket[place]!.address, address)) place++;
  return place;
}

function replace<Item>(items: readonly Item[], at: number, item: Item): readonly Item[] {
  const copy = items.slice();
  copy[at] = item;
  return copy;
}

function sameAddress(a: readonly number[], b: readonly number[]): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
