import { base64 } from "@kubenetsim/core/runtime/base64";
import { bodyLength } from "@kubenetsim/ingress/http/http-headers";
import type { CookieJar } from "./cookie-jar.ts";
import type { HttpTrace, SentRequest } from "./http-exchange.ts";
import type { HttpUrl } from "./http-url.ts";

/** What a client asks with; each as the option of curl does. */
export interface CurlOptions {
  /** GET, or POST with a body, unless given. */
  readonly method?: string;
  /** In the place of curl's own (Host, User-Agent, Accept) where the name is the same; an empty one is not sent. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookies?: Readonly<Record<string, string>>;
  /** Sends what it holds for the place, and keeps what answers set. */
  readonly cookieJar?: CookieJar;
  readonly body?: string;
  /** The size of a body whose content does not matter. */
  readonly bodyBytes?: number;
  /** `HOST:PORT:ADDRESS`: where a name is, without asking anybody (`--resolve`). `*` stands for all hosts. */
  readonly resolve?: readonly string[];
  /** `HOST1:PORT1:HOST2:PORT2`: connect there instead (`--connect-to`). Empty parts stand for all, or the same. */
  readonly connectTo?: readonly string[];
  /** Trusts any certificate (`-k`). */
  readonly insecure?: boolean;
  /** PEM of certificates that are trusted (`--cacert`), or namespace/name of Secrets whose own certificates are. */
  readonly trusted?: readonly string[];
  /** Follows redirects (`-L`). */
  readonly followRedirects?: boolean;
  /** 50 unless given. */
  readonly maxRedirects?: number;
  /** The name of the TLS handshake, in the place of the URL's. */
  readonly serverName?: string;
  /** `name:password` (`-u`). */
  readonly user?: string;
  /** `curl/7.88.1` unless given. */
  readonly userAgent?: string;
  /** The Referer header (`-e`). */
  readonly referer?: string;
  /** Says first whose connection it is, its own (`--haproxy-protocol`). */
  readonly proxyProtocol?: boolean;
  /** Gives up after so many milliseconds (`-m`). */
  readonly maxTimeMs?: number;
  /** Asks on the connection of an earlier answer, as curl does of the same place. It opens its own unless given. */
  readonly connection?: HttpTrace | undefined;
}

export const curlVersion = "7.88.1";

/** What curl sends for these options, in its order of headers. */
export function requestFor(url: HttpUrl, options: CurlOptions, nowMs = 0): SentRequest {
  const { body, headers: given = {}, userAgent = `curl/${curlVersion}` } = options;
  const bodyBytes = options.bodyBytes ?? (body === undefined ? 0 : bodyLength(body));
  const hasBody = body !== undefined || options.bodyBytes !== undefined;
  const method = options.method ?? (hasBody ? "POST" : "GET");
  const user = options.user ?? url.user;
  const cookie = cookieHeader(url, options, nowMs);
  const own: Record<string, string | undefined> = {
    authorization: user === undefined ? undefined : `Basic ${base64(user.includes(":") ? user : `${user}:`)}`,
    "user-agent": userAgent,
    accept: "*/*",
    referer: options.referer,
    cookie,
  };
  const custom = Object.entries(given).map(([name, value]) => [name.toLowerCase(), value] as const);
  const names = new Set(custom.map(([name]) => name));
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(own)) {
    if (value !== undefined && value !== "" && !names.has(name)) headers[name] = value;
  }
  for (const [name, value] of custom) if (name !== "host" && value !== "") headers[name] = value;
  if (hasBody) {
    if (!names.has("content-length")) headers["content-length"] = String(bodyBytes);
    if (!names.has("content-type")) headers["content-type"] = "application/x-www-form-urlencoded";
  }
  const host = names.has("host") ? custom.findLast(([name]) => name === "host")![1] : url.authority;
  const { scheme, target } = url;
  return { method, scheme, host: host === "" ? undefined : host, target, headers, bodyBytes };
}

function cookieHeader(url: HttpUrl, { cookies = {}, cookieJar }: CurlOptions, nowMs: number): string | undefined {
  const kept = cookieJar?.cookiesFor(url, nowMs) ?? [];
  const all = [...kept, ...Object.entries(cookies).map(([name, value]) => `${name}=${value}`)];
  return all.length === 0 ? undefined : all.join("; ");
}
