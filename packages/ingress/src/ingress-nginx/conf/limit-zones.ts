import { base64 } from "@kubenetsim/core/runtime/base64";
import type { RateLimit } from "../annotations/rate-limit.ts";
import type { Configuration } from "../model/configuration.ts";
import type { ConfText } from "./conf-text.ts";

/** What counts for a limit: `$limit_ID` is the client's address, or empty for clients that are not limited. */
export function writeLimitZones(text: ConfText, { servers, settings }: Configuration): void {
  const limits = new Map<string, RateLimit>();
  for (const { locations } of servers) {
    for (const { annotations } of locations) {
      const { rateLimit } = annotations;
      if (rateLimit.name !== "" && !limits.has(rateLimit.name)) limits.set(rateLimit.name, rateLimit);
    }
  }
  for (const limit of limits.values()) writeKey(text, limit, settings.limitConnZoneVariable);
  const zones = new Set([...limits.values()].flatMap(zonesOf));
  for (const zone of [...zones].sort()) text.directives(zone);
  if (zones.size > 0) text.line();
}

function writeKey(text: ConfText, { name, allowlist }: RateLimit, variable: string): void {
  const id = idOf(name);
  text.line(`# Ratelimit ${name}`);
  text.block(`geo $remote_addr $allowlist_${id}`, () => {
    text.directives("default 0", ...allowlist.map((range) => `${range} 1`));
  });
  text.block(`map $allowlist_${id} $limit_${id}`, () => text.directives(`0 ${variable}`, '1 ""'));
  text.line();
}

/** `buildRateLimitZones`. */
function zonesOf({ name, connections, perSecond, perMinute }: RateLimit): string[] {
  const key = `$limit_${idOf(name)}`;
  return [
    ...(connections.limit > 0 ? [`limit_conn_zone ${key} zone=${connections.name}:5m`] : []),
    ...(perMinute.limit > 0 ? [`limit_req_zone ${key} zone=${perMinute.name}:5m rate=${perMinute.limit}r/m`] : []),
    ...(perSecond.limit > 0 ? [`limit_req_zone ${key} zone=${perSecond.name}:5m rate=${perSecond.limit}r/s`] : []),
  ];
}

/** internal/ingress/annotations/ratelimit `encode`. */
function idOf(name: string): string {
  return base64(name).replaceAll("=", "").replaceAll("+", "-").replaceAll("/", "_");
}

/** A zone that nginx refuses. */
export function zoneProblem({ perSecond, perMinute }: RateLimit): string | undefined {
  if (perMinute.limit > Number.MAX_SAFE_INTEGER) return `invalid rate "rate=${perMinute.limit}r/m"`;
  return perSecond.limit > Number.MAX_SAFE_INTEGER ? `invalid rate "rate=${perSecond.limit}r/s"` : undefined;
}

const mostConnections = 65_535;

/** What nginx refuses of the limits of a location. */
export function limitProblem({ connections, perSecond, perMinute }: RateLimit): string | undefined {
  if (connections.limit > mostConnections) return "connection limit must be less 65536";
  const zone = [perSecond, perMinute].find(({ limit, burst }) => limit > 0 && burst <= 0);
  return zone && `invalid burst value "burst=${zone.burst}"`;
}
