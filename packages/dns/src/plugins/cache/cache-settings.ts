import type { Dispenser } from "../../corefile/dispenser.ts";
import { durationOf } from "../../corefile/duration.ts";
import { integerOf } from "../../corefile/integer.ts";
import { normalizedZone, originsOf } from "../../corefile/zone-and-port.ts";
import type { DnsName } from "../../message/resource-record.ts";
import { oncePerBlock } from "../once-per-block.ts";

/** How one half of the cache keeps answers; seconds. */
export interface StoreSettings {
  capacity: number;
  longest: number;
  shortest: number;
  /** Zones whose answers it does not keep. */
  except: readonly DnsName[];
}

/** How answers are given that have run out; milliseconds. */
export interface StaleSettings {
  readonly upToMs: number;
  /** Whether the next plugin is asked first, and how long it is waited for: 0 for as long as it takes. */
  readonly verify: boolean;
  readonly verifyTimeoutMs: number;
  /** TTL that they are given, in seconds; 0 for what is left. */
  readonly ttl: number;
  /** How long nobody is asked again after a refresh that failed. */
  readonly recheckMs: number;
}

export interface CacheSettings {
  zones: readonly DnsName[];
  readonly success: StoreSettings;
  readonly denial: StoreSettings;
  /** Seconds that a SERVFAIL is kept. */
  servfail: number;
  keepTtl: boolean;
  prefetch: { readonly amount: number; readonly withinMs: number; readonly percentage: number };
  stale: StaleSettings | undefined;
  preferPositive: boolean;
}

/** @throws ParseError as plugin/cache/setup.go words it */
export function readCacheSettings(words: Dispenser, blockZones: readonly DnsName[]): CacheSettings {
  const settings: CacheSettings = {
    zones: blockZones,
    success: { capacity: 9984, longest: 3600, shortest: 5, except: [] },
    denial: { capacity: 9984, longest: 1800, shortest: 5, except: [] },
    servfail: 5,
    keepTtl: false,
    prefetch: { amount: 0, withinMs: 60_000, percentage: 10 },
    stale: undefined,
    preferPositive: false,
  };
  oncePerBlock(words, () => {
    const args = words.remainingArgs();
    if (args[0] !== undefined && /^[+-]?\d+$/.test(args[0])) {
      const ttl = positiveTtl(words, args.shift()!);
      settings.success.longest = ttl;
      settings.denial.longest = ttl;
    }
    settings.zones = originsOf(args, blockZones);
    let hasPolicy = false;
    while (words.nextBlock()) {
      if (words.val() === "serve_stale_policy" && hasPolicy) {
        throw words.plainErr("serve_stale_policy can only be specified once");
      }
      hasPolicy ||= words.val() === "serve_stale_policy";
      readOption(words, settings);
    }
    if (hasPolicy && settings.stale === undefined) throw words.plainErr("serve_stale_policy requires serve_stale");
  });
  return settings;
}

function readOption(words: Dispenser, settings: CacheSettings): void {
  const option = words.val();
  if (option === "success" || option === "denial") readStore(words, settings[option]);
  else if (option === "disable") readDisable(words, settings);
  else if (option === "prefetch") readPrefetch(words, settings);
  else if (option === "serve_stale") settings.stale = staleSettings(words, words.remainingArgs());
  else if (option === "serve_stale_policy") readStalePolicy(words, settings);
  else if (option === "servfail") settings.servfail = servfailSeconds(words, words.remainingArgs());
  else if (option === "keepttl" && words.remainingArgs().length === 0) settings.keepTtl = true;
  else throw words.argErr();
}

function readStalePolicy(words: Dispenser, settings: CacheSettings): void {
  const args = words.remainingArgs();
  if (args.length !== 1) throw words.argErr();
  if (args[0]!.toLowerCase() !== "prefer_positive") throw words.plainErr(`invalid serve_stale_policy: ${args[0]}`);
  settings.preferPositive = true;
}

function readStore(words: Dispenser, store: StoreSettings): void {
  const [capacity, longest, shortest] = words.remainingArgs();
  if (capacity === undefined) throw words.argErr();
  store.capacity = integer(words, capacity);
  if (longest !== undefined) store.longest = positiveTtl(words, longest);
  if (shortest === undefined) return;
  store.shortest = integer(words, shortest);
  if (store.shortest < 0) throw words.plainErr(`cache min TTL can not be negative: ${store.shortest}`);
}

function positiveTtl(words: Dispenser, text: string): number {
  const ttl = integer(words, text);
  if (ttl <= 0) throw words.plainErr(`cache TTL can not be zero or negative: ${ttl}`);
  return ttl;
}

function readDisable(words: Dispenser, settings: CacheSettings): void {
  const [half, ...zones] = words.remainingArgs();
  if (half === undefined) throw words.argErr();
  const except = zones.length === 0 ? ["."] : zones.map(normalizedZone);
  if (half === "success") settings.success.except = except;
  else if (half === "denial") settings.denial.except = except;
  else throw words.plainErr('cache type for disable must be "success" or "denial"');
}

function readPrefetch(words: Dispenser, settings: CacheSettings): void {
  const args = words.remainingArgs();
  if (args.length === 0 || args.length > 3) throw words.argErr();
  const amount = integer(words, args[0]!);
  if (amount < 0) throw words.plainErr(`prefetch amount should be positive: ${amount}`);
  const withinMs = args[1] === undefined ? settings.prefetch.withinMs : duration(words, args[1]);
  settings.prefetch = { amount, withinMs, percentage: args[2] === undefined ? 10 : percentage(words, args[2]) };
}

function percentage(words: Dispenser, text: string): number {
  if (!text.endsWith("%")) {
    throw words.plainErr(`last character of percentage should be \`%\`, but is: '${text.at(-1)}'`);
  }
  const number = integer(words, text.slice(0, -1));
  if (number < 10 || number > 90) throw words.plainErr(`percentage should fall in range [10, 90]: ${number}`);
  return number;
}

function staleSettings(words: Dispenser, args: readonly string[]): StaleSettings {
  if (args.length > 5) throw words.argErr();
  const upToMs = args[0] === undefined ? 3_600_000 : duration(words, args[0]);
  if (upToMs < 0) throw words.plainErr("invalid negative duration for serve_stale");
  const mode = args[1]?.toLowerCase();
  if (mode !== undefined && mode !== "immediate" && mode !== "verify") {
    throw words.plainErr(`invalid value for serve_stale refresh mode: ${mode}`);
  }
  const verify = mode === "verify";
  const rest = args.slice(2);
  const verifyTimeoutMs = verify && rest.length > 0 ? verifyTimeout(words, rest.shift()!) : 0;
  if (rest.length > 2) throw words.argErr();
  const ttl = rest[0] === undefined ? 0 : staleTtl(words, rest[0]);
  return { upToMs, verify, verifyTimeoutMs, ttl, recheckMs: rest[1] === undefined ? 0 : recheck(words, rest[1]) };
}

function verifyTimeout(words: Dispenser, text: string): number {
  const timeout = duration(words, text, "invalid serve_stale verify timeout: ");
  if (timeout < 0) throw words.plainErr("invalid negative timeout for serve_stale verify");
  return timeout;
}

function staleTtl(words: Dispenser, text: string): number {
  const ttl = duration(words, text, "invalid serve_stale response TTL: ") / 1000;
  if (ttl < 0) throw words.plainErr("invalid negative response TTL for serve_stale");
  if (!Number.isInteger(ttl)) throw words.plainErr("serve_stale response TTL must be a whole number of seconds");
  if (ttl > 0xffffffff) throw words.plainErr("serve_stale response TTL exceeds the DNS TTL range");
  return ttl;
}

function recheck(words: Dispenser, text: string): number {
  const delay = duration(words, text, "invalid serve_stale failure recheck: ");
  if (delay < 0) throw words.plainErr("invalid negative failure recheck for serve_stale");
  if (delay > 300_000) throw words.plainErr("serve_stale failure recheck cannot exceed 5 minutes");
  return delay;
}

function servfailSeconds(words: Dispenser, args: readonly string[]): number {
  if (args.length !== 1) throw words.argErr();
  const length = duration(words, args[0]!);
  if (length < 0) throw words.plainErr("invalid negative ttl for servfail");
  if (length > 300_000) throw words.plainErr("caching SERVFAIL responses over 5 minutes is not permitted");
  return length / 1000;
}

function integer(words: Dispenser, text: string): number {
  return integerOf(text, (problem) => words.plainErr(problem));
}

function duration(words: Dispenser, text: string, before = ""): number {
  return durationOf(text, (problem) => words.plainErr(before + problem));
}
