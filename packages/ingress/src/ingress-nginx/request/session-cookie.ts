import { type Backend, defaultServerName, type Location } from "../model/configuration.ts";
import { cookieName } from "./backend-balancer.ts";
import type { RequestContext } from "./request-context.ts";

const sameSites: readonly string[] = ["Strict", "Lax", "None"];

/**
 * The Set-Cookie header that begins a session; undefined where the location is none of those that the backend's Ingresses name
 * (rootfs/etc/nginx/lua/balancer/sticky.lua `set_cookie`, `should_set_cookie`). `expires` is told as the seconds that it is ahead.
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
  const paths = locations[host] ?? locations[host.replace(/^[^.]+\./, "*.")];
  if (paths === undefined || !paths.includes(path)) return undefined;
  const isSecure = cookie.secure || context.scheme === "https";
  const attributes = [
    `${cookieName(backend)}=${value}`,
    ...(cookie.expires === "" ? [] : [`Expires=+${cookie.expires}s`]),
    ...(cookie.maxAge === "" ? [] : [`Max-Age=${cookie.maxAge}`]),
    ...(cookie.domain === "" ? [] : [`Domain=${cookie.domain}`]),
    `Path=${cookie.path || path}`,
    ...(isSecure ? ["Secure"] : []),
    "HttpOnly",
    ...(sameSites.includes(cookie.sameSite) ? [`SameSite=${cookie.sameSite}`] : []),
  ];
  return attributes.join("; ");
}
