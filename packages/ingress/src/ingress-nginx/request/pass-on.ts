import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import { noHeaders } from "../../http/http-headers.ts";
import type { UpstreamRequest } from "../../http/http-message.ts";
import type { UpstreamAnswer, UpstreamExchange } from "../../http/upstream-exchange.ts";
import type { ProxyOptions } from "../annotations/proxy.ts";
import { defaultBackendName, type Location, type Server } from "../model/configuration.ts";
import type { LocationSurroundings, PartialAnswer } from "./answer-at-location.ts";
import type { BackendBalancer } from "./backend-balancer.ts";
import { isBlockedAddress } from "./block-lists.ts";
import { annotatedStep, upstreamStep } from "./explain/phase-steps.ts";
import type { NginxLocation } from "./location-table.ts";
import type { RequestContext } from "./request-context.ts";
import { rewriteOutcome } from "./rewrite-outcome.ts";
import { rewrittenAnswer } from "./rewritten-answer.ts";
import { sessionCookie } from "./session-cookie.ts";
import { errorPageHeaders, upstreamHeaders } from "./upstream-headers.ts";
import { isRetried, ownAnswer, tryOf } from "./upstream-try.ts";

/**
 * The content phase: `proxy_pass` to an endpoint of the location's backend, and to others when that fails. `told` are headers that earlier
 * phases have for it.
 */
export function passOn(
  context: RequestContext,
  server: Server,
  chosen: NginxLocation,
  around: LocationSurroundings,
  told: Readonly<Record<string, string>>,
): PartialAnswer {
  const { location } = chosen;
  const balancer = around.balancers.choose(location.backend, context)!;
  const rewritten = rewriteOutcome(context, chosen);
  const url = rewritten?.kind === "url" ? rewritten.url : context.request.target;
  if (rewritten !== undefined) context.steps.push(annotatedStep("rewrite", location, ["rewrite-target"], `to ${url}`));
  const headers = upstreamHeaders(context, server.hostname, chosen, told);
  return exchange(
    context,
    server,
    location,
    balancer,
    { url, headers, isTls: speaksTls(location, context) },
    around.send,
  );
}

function exchange(
  context: RequestContext,
  server: Server,
  location: Location,
  balancer: BackendBalancer,
  { url, headers, isTls }: Required<Pick<UpstreamRequest, "url" | "headers" | "isTls">>,
  send: UpstreamExchange,
): PartialAnswer {
  const { proxy } = location.annotations;
  const { method, bodyBytes } = context.request;
  const { retryNonIdempotent } = context.settings;
  const tried: number[] = [];
  let tookMs = 0;
  const cookies: string[] = [];
  for (let count = 1; ; count++) {
    const pick = balancer.pick(context, tried);
    if (pick === undefined) return { status: 502, cookies, tookMs };
    if (pick.cookie !== undefined) {
      const cookie = sessionCookie(balancer.backend, pick.cookie, context, server.hostname, location);
      if (cookie !== undefined) {
        cookies.splice(0, 1, cookie);
        context.sessions.splice(0, 1, cookie);
      }
    }
    const upstream = { endpoint: pick.endpoint, method, url, headers, bodyBytes, isTls };
    const isOwn = pick.endpoint === context.ownEndpoint;
    const sent = isOwn
      ? ownAnswer(headers, proxy.httpVersion, context.settings.customHttpErrors)
      : tryOf(send(upstream, context.nowMs + tookMs), proxy);
    const { outcome, failure } = sent;
    tookMs += sent.tookMs;
    context.steps.push(upstreamStep(pick.endpoint, balancer.backend, sent));
    const mayRetry = isRetried(sent, context.request, proxy, retryNonIdempotent) && !isOver(proxy, count, tookMs);
    if (mayRetry && count >= mostTries) tookMs = endOfTries(proxy, count);
    const isLast = !mayRetry || count >= mostTries;
    balancer.release(pick.index, {
      failed: failure !== undefined,
      retried: !isLast,
      durationMs: sent.tookMs,
      nowMs: context.nowMs + tookMs,
    });
    if (isLast) {
      if (typeof outcome === "string") return { status: outcome === "timeout" ? 504 : 502, cookies, tookMs };
      const told = rewrittenAnswer(outcome, context, location);
      const passed = passedAnswer(told, cookies, context.settings.hideHeaders);
      const { status, headers: left, cookies: all, body } = passed;
      if (isOwn) return { status, headers: left, cookies: all, body, tookMs };
      return { status, headers: left, cookies: all, body, tookMs, upstream };
    }
    if (!tried.includes(pick.index)) tried.push(pick.index);
  }
}

/**
 * More than so often nginx is not followed: tries that cost no time could go on for ever. Its own limits are `proxy_next_upstream_tries`,
 * of which balancer.lua gives itself one more with each (`set_more_tries`), and `proxy_next_upstream_timeout`.
 */
const mostTries = 1000;

/** Whether a limit ends the tries (src/http/ngx_http_upstream.c `ngx_http_upstream_next`). */
function isOver({ nextUpstreamTries, nextUpstreamTimeout }: ProxyOptions, count: number, tookMs: number): boolean {
  if (nextUpstreamTries > 0 && count >= nextUpstreamTries) return true;
  return nextUpstreamTimeout > 0 && tookMs >= 1000 * nextUpstreamTimeout;
}

/** When tries end that are not followed any more: nobody has answered, and nobody does until `proxy_next_upstream_timeout`. */
function endOfTries({ nextUpstreamTries, nextUpstreamTimeout }: ProxyOptions, count: number): number {
  if (nextUpstreamTimeout > 0) return 1000 * nextUpstreamTimeout;
  const limits = `proxy-next-upstream-tries ${nextUpstreamTries}, no proxy-next-upstream-timeout`;
  throw new UnsupportedError(`what comes after ${count} tries of endpoints`, limits);
}

/** Headers of an endpoint's answer that are between it and nginx alone. */
const ownOfConnection: ReadonlySet<string> = new Set([
  "connection",
  "date",
  "keep-alive",
  "server",
  "transfer-encoding",
  "upgrade",
]);

/** An endpoint's answer as the client gets it. */
function passedAnswer(
  { status, headers, cookies = [], body = "" }: UpstreamAnswer,
  own: readonly string[],
  hidden: readonly string[],
): Required<Pick<PartialAnswer, "status" | "headers" | "cookies" | "body">> {
  const passed = noHeaders();
  if (headers !== undefined) {
    for (const name in headers) if (!ownOfConnection.has(name)) passed[name] = headers[name]!;
  }
  let kept = cookies;
  for (const written of hidden) {
    const name = written.toLowerCase();
    delete passed[name];
    if (name === "set-cookie") kept = [];
  }
  return { status, headers: passed, cookies: own.length === 0 ? kept : [...own, ...kept], body };
}

/** Whether endpoints are spoken to by TLS (internal/ingress/controller/template `buildProxyPass`). */
function speaksTls({ backend, annotations, isPassedThrough }: Location, { scheme }: RequestContext): boolean {
  if (backend === defaultBackendName) return false;
  const { backendProtocol } = annotations;
  return (
    isPassedThrough === true ||
    backendProtocol === "HTTPS" ||
    backendProtocol === "GRPCS" ||
    (backendProtocol === "AUTO_HTTP" && scheme === "https")
  );
}

/** A status that a backend answers in the place of; before the rewrite phase the location's variables are empty. */
export interface ErrorPage {
  readonly code: number;
  readonly backend: string;
  readonly isRewritten: boolean;
}

/** `error_page CODE = @custom_…`: the backend for errors is asked for `/`, and its status is the answer's. */
export function passToErrorBackend(
  context: RequestContext,
  server: Server,
  location: Location,
  around: LocationSurroundings,
  { code, backend, isRewritten }: ErrorPage,
): PartialAnswer {
  if (isBlockedAddress(context)) return { status: 403 };
  context.steps.push({ phase: "upstream", text: `error_page ${code}: ask ${backend}` });
  const asked = context.place === undefined ? context : { ...context, place: { ...context.place, upstream: backend } };
  const balancer = around.balancers.choose(backend, asked);
  if (balancer === undefined) return { status: 502 };
  const headers = errorPageHeaders(context, { hostname: server.hostname, location }, { code, isRewritten });
  const args = context.target.args ? `?${context.target.args}` : "";
  return exchange(asked, server, location, balancer, { url: `/${args}`, headers, isTls: false }, around.send);
}
