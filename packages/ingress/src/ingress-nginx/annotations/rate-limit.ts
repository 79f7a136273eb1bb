import type { NginxSettings } from "../nginx-settings.ts";
import { AnnotationProblem, isProblem, valueOr } from "./annotation-problem.ts";
import type { AnnotationFields, AnnotationReader } from "./annotation-reader.ts";
import { parseSourceRanges } from "./source-ranges-text.ts";
import { integer, sourceRanges } from "./value-checks.ts";

/** Limits by client address. A limit of 0 is none. */
export interface RateLimit {
  /** Names the zones: namespace, name and uid of the Ingress; empty where nothing is limited. */
  readonly name: string;
  readonly connections: LimitZone;
  readonly perSecond: LimitZone;
  readonly perMinute: LimitZone;
  /** Kilobytes a second of one answer, and after how many of them. */
  readonly rate: number;
  readonly rateAfter: number;
  /** Clients that are not limited: addresses and ranges. */
  readonly allowlist: readonly string[];
}

export interface LimitZone {
  readonly name: string;
  readonly limit: number;
  /** How many requests more may come at once. */
  readonly burst: number;
}

const noZone: LimitZone = { name: "", limit: 0, burst: 0 };

export const noRateLimit: RateLimit = {
  name: "",
  connections: noZone,
  perSecond: noZone,
  perMinute: noZone,
  rate: 0,
  rateAfter: 0,
  allowlist: [],
};

export const rateLimitFields: AnnotationFields = {
  "limit-rate": { check: integer, risk: "Low" },
  "limit-rate-after": { check: integer, risk: "Low" },
  "limit-rpm": { check: integer, risk: "Low" },
  "limit-rps": { check: integer, risk: "Low" },
  "limit-connections": { check: integer, risk: "Low" },
  "limit-burst-multiplier": { check: integer, risk: "Low" },
  "limit-allowlist": { check: sourceRanges, risk: "Low", aliases: ["limit-whitelist"] },
};

const usualBurst = 5;

/** internal/ingress/annotations/ratelimit. */
export function parseRateLimit(reader: AnnotationReader, settings: NginxSettings): RateLimit | AnnotationProblem {
  const rate = valueOr(reader.integer("limit-rate"), settings.limitRate);
  const rateAfter = valueOr(reader.integer("limit-rate-after"), settings.limitRateAfter);
  const limits: number[] = [];
  for (const name of ["limit-rpm", "limit-rps", "limit-connections"] as const) {
    const limit = reader.integer(name);
    if (isProblem(limit) && limit.kind === "validation") return limit;
    limits.push(valueOr(limit, 0));
  }
  const [perMinute, perSecond, connections] = limits as [number, number, number];
  const multiplier = valueOr(reader.integer("limit-burst-multiplier"), usualBurst);
  const ranges = reader.text("limit-allowlist");
  if (isProblem(ranges) && ranges.kind === "validation") return ranges;
  const allowlist = isProblem(ranges) ? [] : parseSourceRanges(ranges);
  if (allowlist === undefined) return new AnnotationProblem("other", `invalid CIDR address: ${valueOr(ranges, "")}`);
  if (perMinute === 0 && perSecond === 0 && connections === 0) return { ...noRateLimit, rate, rateAfter };
  const { namespace = "", name, uid = "" } = reader.ingress.metadata;
  const zones = `${namespace}_${name}_${uid}`;
  const zone = (suffix: string, limit: number): LimitZone => {
    return { name: `${zones}_${suffix}`, limit, burst: limit * multiplier };
  };
  return {
    name: zones,
    connections: zone("conn", connections),
    perSecond: zone("rps", perSecond),
    perMinute: zone("rpm", perMinute),
    rate,
    rateAfter,
    allowlist,
  };
}
