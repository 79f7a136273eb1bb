import type { RateLimit } from "../annotations/rate-limit.ts";
import { isInRanges } from "./address-ranges.ts";

interface Bucket {
  excess: number;
  lastMs: number;
}

/**
 * `limit_req … nodelay` (src/http/modules/ngx_http_limit_req_module.c): a bucket for each zone and client that leaks at the zone's rate.
 * Buckets are counted in thousandths of a request.
 */
export class RateLimiter {
  readonly #buckets = new Map<string, Bucket>();

  /** Takes a request of a client in, or not; one that an empty key stands for is not limited. A request that is refused leaves no trace. */
  admit(
    { perSecond, perMinute, allowlist }: RateLimit,
    { key: client, address }: { readonly key: string; readonly address: string },
    nowMs: number,
  ): boolean {
    if (perSecond.limit === 0 && perMinute.limit === 0) return true;
    if (client === "" || isInRanges(allowlist, address)) return true;
    const zones = [
      { zone: perSecond, rate: perSecond.limit * 1000 },
      { zone: perMinute, rate: Math.trunc((perMinute.limit * 1000) / 60) },
    ].filter(({ zone }) => zone.limit > 0);
    const filled = zones.map(({ zone, rate }) => {
      const key = `${zone.name} ${client}`;
      return { key, excess: this.#excess(key, rate, nowMs), burst: zone.burst * 1000 };
    });
    if (filled.some(({ excess, burst }) => excess > burst)) return false;
    for (const { key, excess } of filled) this.#buckets.set(key, { excess, lastMs: nowMs });
    return true;
  }

  #excess(key: string, rate: number, nowMs: number): number {
    const bucket = this.#buckets.get(key);
    if (bucket === undefined) return 0;
    return Math.max(0, bucket.excess - Math.trunc((rate * (nowMs - bucket.lastMs)) / 1000) + 1000);
  }
}
