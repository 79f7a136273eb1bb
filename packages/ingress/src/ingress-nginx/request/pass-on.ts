import type { UpstreamRequest } from "../../http/http-message.ts";
import type { UpstreamAnswer, UpstreamExchange } from "../../http/upstream-exchange.ts";
import { defaultBackendName, type Location, type Server } from "../model/configuration.ts";
import { formatEndpoint } from "../model/endpoint-text.ts";
import { defaultEndpoint } from "../model/model-source.ts";
import type { LocationSurroundings, PartialAnswer } from "./answer-at-location.ts";
import type { BackendBalancer } from "./backend-balancer.ts";
import { annotatedStep, upstreamStep } from "./explain/phase-steps.ts";
import type { NginxLocation } from "./location-table.ts";
import type { RequestContext } from "./request-context.ts";
import { escapeUri } from "./request-target.ts";
import { sessionCookie } from "./session-cookie.ts";
import { errorHeaders, upstreamHeaders } from "./upstream-headers.ts";
import { isRetried, ownNotFound, tryOf } from "./upstream-try.ts";

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
  const rewritten = rewrittenUrl(context, chosen);
  const url = rewritten ?? context.request.target;
  const headers = upstreamHeaders(context, location, chosen.rewrite !== undefined, told);
  return exchange(context, server, location, balancer, { url, headers }, around.send);
}

/** What the rewrite makes of the target; undefined where it leaves it alone. */
function rewrittenUrl({ target, steps }: RequestContext, { location, rewrite }: NginxLocation): string | undefined {
  const match = rewrite?.pattern.exec(target.uri);
  if (rewrite === undefined || match == null) return undefined;
  const replaced = rewrite.target.replace(/\$(\d)/g, (_, group: string) => match[Number(group)] ?? "");
  const [path, ownArgs] = splitArgs(replaced);
  const args = [ownArgs, target.args].filter((each) => each !== undefined && each !== "").join("&");
  steps.push(annotatedStep("rewrite", location, ["rewrite-target"], `to ${path}`));
  return `${target.isQuoted ? escapeUri(path) : path}${args === "" ? "" : `?${args}`}`;
}

function splitArgs(text: string): [path: string, args: string | undefined] {
  const question = text.indexOf("?");
  return question < 0 ? [text, undefined] : [text.slice(0, question), text.slice(question + 1)];
}

function exchange(
  context: RequestContext,
  server: Server,
  location: Location,
  balancer: BackendBalancer,
  { url, headers }: Pick<UpstreamRequest, "url" | "headers">,
  send: UpstreamExchange,
): PartialAnswer {
  const { proxy } = location.annotations;
  const { method, bodyBytes } = context.request;
  const { retryNonIdempotent } = context.settings;
  const isTls = speaksTls(location, context);
  const tried: number[] = [];
  let tookMs = 0;
  const cookies: string[] = [];
  while (true) {
    const pick = balancer.pick(context, tried);
    if (pick === undefined) return { status: 502, cookies, tookMs };
    if (pick.cookie !== undefined) {
      const cookie = sessionCookie(balancer.backend, pick.cookie, context, server.hostname, location);
      if (cookie !== undefined) cookies.splice(0, 1, cookie);
    }
    const upstream = { endpoint: pick.endpoint, method, url, headers, bodyBytes, isTls };
    const isOwn = pick.endpoint === ownEndpoint;
    const sent = isOwn ? ownNotFound : tryOf(send(upstream, context.nowMs + tookMs), proxy);
    const { outcome, failure } = sent;
    tookMs += sent.tookMs;
    context.steps.push(upstreamStep(pick.endpoint, balancer.backend, sent));
    const mayRetry = isRetried(sent, method, { words: proxy.nextUpstream, retryNonIdempotent });
    const isLast = !mayRetry || (proxy.nextUpstreamTries > 0 && tried.length + 1 >= proxy.nextUpstreamTries);
    balancer.release(pick.index, {
      failed: failure !== undefined,
      retried: !isLast,
      durationMs: sent.tookMs,
      nowMs: context.nowMs + tookMs,
    });
    if (isLast) {
      if (typeof outcome === "string") return { status: outcome === "timeout" ? 504 : 502, cookies, tookMs };
      return { ...passedAnswer(outcome, cookies), tookMs, ...(!isOwn && { upstream }) };
    }
    tried.push(pick.index);
  }
}

const ownEndpoint = formatEndpoint(defaultEndpoint);

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
  { status, headers = {}, cookies = [], body = "" }: UpstreamAnswer,
  own: readonly string[],
): PartialAnswer {
  const passed: Record<string, string> = {};
  for (const name in headers) if (!ownOfConnection.has(name)) passed[name] = headers[name]!;
  return { status, headers: passed, cookies: [...cookies, ...own], body };
}

/** Whether endpoints are spoken to by TLS (internal/ingress/controller/template `buildProxyPass`). */
function speaksTls({ backend, annotations }: Location, { scheme }: RequestContext): boolean {
  if (backend === defaultBackendName) return false;
  const { backendProtocol } = annotations;
  return (
    backendProtocol === "HTTPS" ||
    backendProtocol === "GRPCS" ||
    (backendProtocol === "AUTO_HTTP" && scheme === "https")
  );
}

/** `error_page CODE = @custom_…`: the backend for errors is asked for `/`, and its status is the answer's. */
export function passToErrorBackend(
  context: RequestContext,
  server: Server,
  location: Location,
  around: LocationSurroundings,
  answer: PartialAnswer,
): PartialAnswer {
  const name = location.defaultBackendUpstream || defaultBackendName;
  context.steps.push({ phase: "upstream", text: `error_page ${answer.status}: ask ${name}` });
  const balancer = around.balancers.choose(name, context);
  if (balancer === undefined) return { status: 502 };
  const headers = {
    host: context.passHost,
    "x-forwarded-for": context.remoteAddress,
    "x-original-uri": context.request.target,
    ...errorHeaders(context, location, answer.status),
  };
  const passed = Object.fromEntries(
    Object.entries({ ...context.headers, ...headers }).filter(([, value]) => value !== ""),
  );
  const args = context.target.args === undefined ? "" : `?${context.target.args}`;
  return exchange(context, server, location, balancer, { url: `/${args}`, headers: passed }, around.send);
}
