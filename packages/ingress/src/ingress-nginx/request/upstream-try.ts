import type { HttpRequest } from "../../http/http-message.ts";
import type { UpstreamAnswer, UpstreamOutcome } from "../../http/upstream-exchange.ts";
import type { ProxyOptions } from "../annotations/proxy.ts";
import { bodyLimit } from "./body-size.ts";
import { ownPage } from "./own-page.ts";

/** What came of sending a request to one endpoint, as nginx sees it. */
export interface UpstreamTry {
  readonly outcome: UpstreamOutcome;
  /** Until nginx had the answer or gave up, in milliseconds. */
  readonly tookMs: number;
  /** The word of `proxy_next_upstream` for it; undefined for an answer that is none of its words. */
  readonly failure: string | undefined;
  /** The endpoint has got the request. */
  readonly wasSent: boolean;
}

/** `proxy_connect_timeout` runs until there is a connection, `proxy_read_timeout` until there is an answer. */
export function tryOf(outcome: UpstreamOutcome, { connectTimeout, readTimeout }: ProxyOptions): UpstreamTry {
  if (outcome === "refused") return { outcome, tookMs: 0, failure: "error", wasSent: false };
  if (outcome === "closed") return { outcome, tookMs: 0, failure: "error", wasSent: true };
  if (outcome === "timeout") return { outcome, tookMs: 1000 * connectTimeout, failure: "timeout", wasSent: false };
  const { status, tookMs = 0 } = outcome;
  if (tookMs > 1000 * readTimeout) {
    return { outcome: "timeout", tookMs: 1000 * readTimeout, failure: "timeout", wasSent: true };
  }
  return { outcome, tookMs, failure: status >= 400 ? `http_${status}` : undefined, wasSent: true };
}

/**
 * What nginx's own server for everything else answers (the template's `location / { return 404; }`). Pages that `custom-http-errors` of all
 * asks for are named locations, which that server has none of: 500. A Host header is missing where X-Forwarded-Host is empty; questions for
 * pages go by HTTP/1.0, which needs none.
 */
export function ownAnswer(
  headers: Readonly<Record<string, string>>,
  httpVersion: string,
  pagesOfAll: readonly number[],
): UpstreamTry {
  const needsHost = httpVersion === "1.1" && headers["x-code"] === undefined;
  const status = needsHost && headers.host === undefined ? 400 : isTooLarge(headers) ? 413 : 404;
  return ownAnswers[pagesOfAll.includes(status) ? 500 : status];
}

function isTooLarge(headers: Readonly<Record<string, string>>): boolean {
  return Number(headers["content-length"] ?? 0) > bodyLimit("1m");
}

function ownTry(status: number, failure: string | undefined): UpstreamTry {
  return { outcome: { status, ...ownPage(status) } satisfies UpstreamAnswer, tookMs: 0, failure, wasSent: true };
}

const ownAnswers = {
  400: ownTry(400, undefined),
  404: ownTry(404, "http_404"),
  413: ownTry(413, undefined),
  500: ownTry(500, "http_500"),
} as const;

/** Methods that are not sent twice unless `non_idempotent` says so (src/http/ngx_http_upstream.c `ngx_http_upstream_next`). */
const onceOnly: ReadonlySet<string> = new Set(["POST", "LOCK", "PATCH"]);

/** Whether nginx sends the request to another endpoint after this; a body that it did not keep cannot be sent again. */
export function isRetried(
  { failure, wasSent }: UpstreamTry,
  { method, bodyBytes }: Pick<HttpRequest, "method" | "bodyBytes">,
  { nextUpstream, requestBuffering }: Pick<ProxyOptions, "nextUpstream" | "requestBuffering">,
  retryNonIdempotent: boolean,
): boolean {
  if (failure === undefined) return false;
  const conditions = nextUpstream.split(/\s+/);
  if (!conditions.includes(failure) || conditions.includes("off")) return false;
  if (wasSent && requestBuffering === "off" && bodyBytes > 0) return false;
  const mayRepeat = retryNonIdempotent || conditions.includes("non_idempotent");
  return mayRepeat || !wasSent || !onceOnly.has(method);
}
