import type { CurlOptions } from "./curl-options.ts";
import type { HttpResponse } from "./http-exchange.ts";
import { type HttpUrl, redirectTarget } from "./http-url.ts";

interface Asked {
  readonly url: HttpUrl;
  readonly options: CurlOptions;
}

/** What curl -L asks next; undefined where the answer is no redirect. */
export function redirected({ url, options }: Asked, { status, headers }: HttpResponse): Asked | undefined {
  const { location } = headers;
  if (status < 300 || status > 399 || location === undefined) return undefined;
  const next = redirectTarget(url, location.trim());
  const isSameHost = next.host.toLowerCase() === url.host.toLowerCase() && next.port === url.port;
  const { connection: _, ...others } = options;
  return { url: next, options: withoutCredentials(asMethodOf(status, others), isSameHost) };
}

/** 301, 302 and 303 make a GET of a POST, unless the method was asked for by name; 303 of every method but HEAD. */
function asMethodOf(status: number, options: CurlOptions): CurlOptions {
  const { body, bodyBytes, ...rest } = options;
  const hasBody = body !== undefined || bodyBytes !== undefined;
  if (!hasBody || (status !== 301 && status !== 302 && status !== 303)) return options;
  return rest;
}

/** A name and password, and headers like them, are for the host that they were given for. */
function withoutCredentials(options: CurlOptions, isSameHost: boolean): CurlOptions {
  if (isSameHost) return options;
  const { user: _, headers = {}, cookies: __, ...rest } = options;
  const others = Object.entries(headers).filter(([name]) => !/^(authorization|cookie|host)$/i.test(name));
  return { ...rest, headers: Object.fromEntries(others) };
}
