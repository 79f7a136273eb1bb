import type { UpstreamRequest } from "../../http/http-message.ts";
import type { UpstreamExchange, UpstreamOutcome } from "../../http/upstream-exchange.ts";
import { defaultBackendName, type Location, type Server } from "../model/configuration.ts";
import { formatEndpoint } from "../model/endpoint-text.ts";
import { defaultEndpoint } from "../model/model-source.ts";
import type { LocationSurroundings, PartialAnswer } from "./answer-at-location.ts";
import type { BackendBalancer } from "./backend-balancer.ts";
import type { NginxLocation } from "./location-table.ts";
import type { RequestContext } from "./request-context.ts";
import { escapeUri } from "./request-target.ts";
import { sessionCookie } from "./session-cookie.ts";
import { errorHeaders, upstreamHeaders } from "./upstream-headers.ts";

/** The content phase: `proxy_pass` to an endpoint of the location's backend, and to others when that fails. */
export function passOn(
  context: RequestContext,
  server: Server,
  chosen: NginxLocation,
  around: LocationSurroundings,
): PartialAnswer {
  const { location } = chosen;
  const balancer = around.balancers.choose(location.backend, context)!;
  const rewritten = rewrittenUrl(context, chosen);
  const url = rewritten ?? context.request.target;
  const headers = upstreamHeaders(context, location, chosen.rewrite !== undefined);
  return exchange(context, server, location, balancer, { url, headers }, around.send);
}

/** What the rewrite makes of the target; undefined where it leaves it alone. */
function rewrittenUrl({ target, steps }: RequestContext, { rewrite }: NginxLocation): string | undefined {
  const match = rewrite?.pattern.exec(target.uri);
  if (rewrite === undefined || match == null) return undefined;
  const replaced = rewrite.target.replace(/\$(\d)/g, (_, group: string) => match[Number(group)] ?? "");
  const [path, ownArgs] = splitArgs(replaced);
  const args = [ownArgs, target.args].filter((each) => each !== undefined && each !== "").join("&");
  steps.push({ phase: "rewrite", text: `to ${path}` });
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
  const { nextUpstream, nextUpstreamTries } = location.annotations.proxy;
  const tried: number[] = [];
  const cookies: string[] = [];
  while (true) {
    const pick = balancer.pick(context, tried);
    if (pick === undefined) return { status: 502, cookies };
    if (pick.cookie !== undefined) {
      const cookie = sessionCookie(balancer.backend, pick.cookie, context, server.hostname, location);
      if (cookie !== undefined) cookies.splice(0, 1, cookie);
    }
    const upstream = { endpoint: pick.endpoint, method: context.request.method, url, headers };
    const isOwn = pick.endpoint === formatEndpoint(defaultEndpoint);
    const outcome = isOwn ? { status: 404 } : send(upstream);
    const failure = failureOf(outcome);
    const result = typeof outcome === "string" ? outcome : outcome.status;
    context.steps.push({ phase: "upstream", text: `${pick.endpoint} of ${balancer.backend.name}: ${result}` });
    const mayRetry = failure !== undefined && isRetried(failure, nextUpstream);
    const isLast = !mayRetry || (nextUpstreamTries > 0 && tried.length + 1 >= nextUpstreamTries);
    balancer.release(pick.index, {
      failed: failure !== undefined,
      retried: !isLast,
      durationMs: 0,
      nowMs: context.nowMs,
    });
    if (isLast) {
      if (typeof outcome === "string") return { status: outcome === "timeout" ? 504 : 502, cookies };
      return { status: outcome.status, cookies, ...(!isOwn && { upstream }) };
    }
    tried.push(pick.index);
  }
}

/** Whether the words of `proxy_next_upstream` send a request on after this. */
function isRetried(failure: string, words: string): boolean {
  const conditions = words.split(/\s+/);
  return conditions.includes(failure) && !conditions.includes("off");
}

/** What `proxy_next_upstream` calls it; undefined for an answer that is none of its words. */
function failureOf(outcome: UpstreamOutcome): string | undefined {
  if (outcome === "refused") return "error";
  if (outcome === "timeout") return "timeout";
  return outcome.status >= 400 ? `http_${outcome.status}` : undefined;
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
