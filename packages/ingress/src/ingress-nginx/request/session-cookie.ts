import { type Backend, defaultServerName, type Location } from "../model/configuration.ts";
import { cookieName } from "./backend-balancer.ts";
import { cookieTime } from "./cookie-time.ts";
import type { RequestContext } from "./request-context.ts";

const sameSites: readonly string[] = ["Strict", "Lax", "None"];

/**
 * The Set-Cookie header that begins a session; undefined where the location is none of those that the backend's Ingresses name
 * (rootfs/etc/nginx/lua/balancer/sticky.lua `set_cookie`, `should_set_cookie`).
 */
export function sessionCookie(
  backend: Backend,
  value: string,
  context: RequestContext,
  hostname: string,
  location: Location,
): string | undefined {
  const { cookie, locations } = backend.sessionAffinity;
  const path = location.ingressPath || "/";
  const host = hostname === defaultServerName ? hostname : context.host;
  const name = [host, host.replace(/^[^.]+\./, "*.")].find((each) => Object.hasOwn(locations, each));
  const paths = name === undefined ? undefined : locations[name];
  if (paths === undefined || !paths.includes(path)) return undefined;
  const isSecure = cookie.secure || context.scheme === "https";
  const isLeftOut =
    cookie.conditionalSameSiteNone && cookie.sameSite === "None" && refusesNone(context.headers["user-agent"] ?? "");
  const attributes = [
    `${cookieName(backend)}=${value}`,
    ...(cookie.expires === "" ? [] : [`Expires=${cookieTime(context.nowMs + 1000 * Number(cookie.expires))}`]),
    ...(cookie.maxAge === "" ? [] : [`Max-Age=${Number(cookie.maxAge)}`]),
    ...(cookie.domain === "" ? [] : [`Domain=${cookie.domain}`]),
    `Path=${cookie.path || path}`,
    ...(isSecure ? ["Secure"] : []),
    "HttpOnly",
    ...(sameSites.includes(cookie.sameSite) && !isLeftOut ? [`SameSite=${cookie.sameSite}`] : []),
  ];
  return attributes.join("; ");
}

/** Browsers that refuse a cookie with `SameSite=None` (rootfs/etc/nginx/lua/util/same_site.lua). */
function refusesNone(userAgent: string): boolean {
  if (/Chrome\/[456]|CPU iPhone OS 12|iPad; CPU OS 12/.test(userAgent)) return true;
  const isMojave = ["Macintosh", "Intel Mac OS X 10_14", "Safari"].every((word) => userAgent.includes(word));
  return isMojave && !userAgent.includes("Chrome");
}
