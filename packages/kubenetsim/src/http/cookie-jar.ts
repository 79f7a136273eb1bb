import { virtualMsOf } from "@kubenetsim/core/runtime/timestamp";
import type { HttpUrl } from "./http-url.ts";

/** A cookie that a client keeps (RFC 6265, 5.3). */
export interface KeptCookie {
  readonly name: string;
  readonly value: string;
  readonly domain: string;
  /** It goes to the names below its domain, too. */
  readonly isForSubdomains: boolean;
  readonly path: string;
  readonly isSecure: boolean;
  readonly isHttpOnly: boolean;
  /** Milliseconds of the virtual clock; undefined for the session. */
  readonly expiresMs: number | undefined;
}

/**
 * The cookies of a client, from one request to the next.
 *
 * @example
 * const cookieJar = new CookieJar();
 * client.curl("http://shop.test/", { cookieJar }); // Set-Cookie: INGRESSCOOKIE=…
 * client.curl("http://shop.test/", { cookieJar }); // Cookie: INGRESSCOOKIE=…, and the same Pod answers
 */
export class CookieJar {
  #cookies: KeptCookie[];

  constructor(cookies: readonly KeptCookie[] = []) {
    this.#cookies = [...cookies];
  }

  get cookies(): readonly KeptCookie[] {
    return this.#cookies;
  }

  /** Takes the values of Set-Cookie of an answer. */
  take(values: readonly string[], url: HttpUrl, nowMs: number): void {
    for (const value of values) {
      const cookie = readSetCookie(value, url, nowMs);
      if (cookie === undefined) continue;
      const { name, domain, path } = cookie;
      this.#cookies = this.#cookies.filter(
        (kept) => kept.name !== name || kept.domain !== domain || kept.path !== path,
      );
      if (cookie.expiresMs === undefined || cookie.expiresMs > nowMs) this.#cookies.push(cookie);
    }
  }

  /** `name=value` of those that go with a request, longer paths first. */
  cookiesFor(url: HttpUrl, nowMs: number): string[] {
    const host = url.host.toLowerCase();
    return this.#cookies
      .filter(({ expiresMs }) => expiresMs === undefined || expiresMs > nowMs)
      .filter(({ isSecure }) => !isSecure || url.scheme === "https")
      .filter(({ domain, isForSubdomains }) => host === domain || (isForSubdomains && host.endsWith(`.${domain}`)))
      .filter(({ path }) => isBelow(url.target.split("?")[0]!, path))
      .sort((a, b) => b.path.length - a.path.length)
      .map(({ name, value }) => `${name}=${value}`);
  }
}

function isBelow(target: string, path: string): boolean {
  if (!target.startsWith(path)) return false;
  return path.endsWith("/") || target.length === path.length || target[path.length] === "/";
}

function readSetCookie(text: string, url: HttpUrl, nowMs: number): KeptCookie | undefined {
  const [pair = "", ...attributes] = text.split(";").map((part) => part.trim());
  const at = pair.indexOf("=");
  if (at <= 0) return undefined;
  const said = new Map(
    attributes.map((each) => {
      const [name = "", ...value] = each.split("=");
      return [name.toLowerCase(), value.join("=")] as const;
    }),
  );
  const host = url.host.toLowerCase();
  const domain = (said.get("domain") ?? "").replace(/^\./, "").toLowerCase();
  if (domain !== "" && host !== domain && !host.endsWith(`.${domain}`)) return undefined;
  const path = said.get("path");
  const isSecure = said.has("secure");
  if (isSecure && url.scheme !== "https" && host !== "localhost") return undefined;
  return {
    name: pair.slice(0, at).trim(),
    value: pair.slice(at + 1).trim(),
    domain: domain === "" ? host : domain,
    isForSubdomains: domain !== "",
    path: path?.startsWith("/") === true ? path : defaultPath(url),
    isSecure,
    isHttpOnly: said.has("httponly"),
    expiresMs: expiryOf(said, nowMs),
  };
}

/** RFC 6265, 5.1.4: the path up to its last slash. */
function defaultPath({ target }: HttpUrl): string {
  const path = target.split("?")[0]!;
  const end = path.lastIndexOf("/");
  return end <= 0 ? "/" : path.slice(0, end);
}

/** Max-Age counts more than Expires. */
function expiryOf(said: ReadonlyMap<string, string>, nowMs: number): number | undefined {
  const maxAge = said.get("max-age");
  if (maxAge !== undefined && /^-?\d+$/.test(maxAge)) return nowMs + 1000 * Number(maxAge);
  return cookieDate(said.get("expires") ?? "");
}

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/** RFC 6265, 5.1.1, for dates in the order of day, month, year and time: `Thu, 01-Jan-26 00:01:44 GMT`. */
function cookieDate(text: string): number | undefined {
  const found = /\b(\d{1,2})[- ]([a-z]{3})[a-z]*[- ](\d{4}|\d\d) (\d\d?):(\d\d?):(\d\d?)\b/i.exec(text);
  const month = months.indexOf(found?.[2]?.toLowerCase() ?? "") + 1;
  if (found === null || month === 0) return undefined;
  const [day, year, hour, minute, second] = [1, 3, 4, 5, 6].map((at) => Number(found[at])) as [
    ...[number, number, number, number, number],
  ];
  const fullYear = year >= 100 ? year : year + (year < 70 ? 2000 : 1900);
  return virtualMsOf({ year: fullYear, month, day }, { hour, minute, second });
}
