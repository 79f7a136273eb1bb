import type { UpstreamAnswer } from "../../http/upstream-exchange.ts";
import { compilePcre } from "../conf/pcre/pcre.ts";
import type { Location } from "../model/configuration.ts";
import type { RequestContext } from "./request-context.ts";

/**
 * An endpoint's answer with Location, Refresh and cookies changed as `proxy-redirect-from`, `-to`, `proxy-cookie-domain` and `-path` ask
 * for (src/http/modules/ngx_http_proxy_module.c `ngx_http_proxy_rewrite_redirect`, `ngx_http_proxy_rewrite_cookie`).
 */
export function rewrittenAnswer(answer: UpstreamAnswer, context: RequestContext, location: Location): UpstreamAnswer {
  const { redirectFrom, redirectTo, cookieDomain, cookiePath } = location.annotations.proxy;
  const { headers, cookies } = answer;
  const redirect = redirectRule(redirectFrom, redirectTo);
  const domain = pairOf(cookieDomain);
  const path = pairOf(cookiePath);
  const isPlain = redirect === undefined && domain === undefined && path === undefined;
  if (isPlain) return answer;
  return {
    ...answer,
    ...(headers && { headers: redirect === undefined ? headers : redirected(headers, redirect, context, location) }),
    ...(cookies && { cookies: cookies.map((cookie) => rewrittenCookie(cookie, domain, path)) }),
  };
}

interface Replacement {
  readonly from: string;
  readonly to: string;
}

/** The template's `proxy_redirect`; `default` stands for the address that the endpoints have within nginx. */
function redirectRule(from: string, to: string): Replacement | undefined {
  if (from === "off") return undefined;
  if (from === "default") return { from: "http://upstream_balancer/", to: "/" };
  return to === "off" || from === "" ? undefined : { from, to };
}

/** Two words; undefined for `off`. */
function pairOf(text: string): Replacement | undefined {
  if (text === "off") return undefined;
  const [from, to] = text.trim().split(/\s+/);
  return from === undefined || to === undefined ? undefined : { from, to };
}

function redirected(
  headers: Readonly<Record<string, string>>,
  { from, to }: Replacement,
  { scheme, host, settings }: RequestContext,
  { annotations }: Location,
): Readonly<Record<string, string>> {
  const changed: Record<string, string> = { ...headers };
  const { location, refresh } = headers;
  if (location?.startsWith(from)) {
    const target = to + location.slice(from.length);
    const isPath = target.startsWith("/") && !annotations.redirect.relative && !settings.relativeRedirects;
    changed.location = isPath ? `${scheme}://${host}${target}` : target;
  }
  const url = /url=/i.exec(refresh ?? "");
  if (url !== null) {
    const start = url.index + url[0].length;
    if (refresh!.startsWith(from, start))
      changed.refresh = refresh!.slice(0, start) + to + refresh!.slice(start + from.length);
  }
  return changed;
}

/** A cookie that is changed is written anew; any other stays as the endpoint wrote it. */
function rewrittenCookie(cookie: string, domain: Replacement | undefined, path: Replacement | undefined): string {
  const [pair = "", ...attributes] = cookie.split(";").map((part) => part.trim());
  let isChanged = false;
  const written = attributes.map((attribute) => {
    const [name = "", ...rest] = attribute.split("=");
    const value = rest.join("=").trim();
    const replaced = replacedValue(name.trim().toLowerCase(), value, domain, path);
    if (replaced !== undefined) isChanged = true;
    return rest.length === 0 ? name : `${name.trim()}=${replaced ?? value}`;
  });
  return isChanged ? [pair, ...written].join("; ") : cookie;
}

function replacedValue(
  name: string,
  value: string,
  domain: Replacement | undefined,
  path: Replacement | undefined,
): string | undefined {
  if (name === "path" && path?.from.startsWith("~")) return replacedByPattern(path, value);
  if (name === "path" && path !== undefined && value.startsWith(path.from))
    return path.to + value.slice(path.from.length);
  if (name !== "domain" || domain === undefined) return undefined;
  if (domain.from.startsWith("~")) return replacedByPattern(domain, value, true);
  const dot = value.startsWith(".") ? "." : "";
  const isSame = value.slice(dot.length).toLowerCase() === domain.from.replace(/^\./, "").toLowerCase();
  return isSame ? dot + domain.to.replace(/^\./, "") : undefined;
}

/** Where a regular expression is found anywhere in a value, the other word stands for the whole (`ngx_http_proxy_rewrite_regex`). */
function replacedByPattern({ from, to }: Replacement, value: string, isDomain = false): string | undefined {
  const isMarked = !isDomain && from.startsWith("~*");
  const found = compilePcre(from.slice(isMarked ? 2 : 1), { ignoresCase: isDomain || isMarked })?.exec(value);
  return found && to.replace(/\$([1-9])/g, (_, group: string) => found[Number(group)] ?? "");
}
