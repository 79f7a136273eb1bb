import type { HttpAnswer } from "../../http/http-message.ts";
import type { UpstreamExchange } from "../../http/upstream-exchange.ts";
import { isInLocationList } from "../location-list.ts";
import { type Configuration, defaultBackendName, type Location, type Server } from "../model/configuration.ts";
import type { NginxSettings } from "../nginx-settings.ts";
import { accessPhase } from "./access-phase.ts";
import type { Balancers, Resolve } from "./balancers.ts";
import { blockedBy } from "./block-lists.ts";
import { bodyLimit } from "./body-size.ts";
import { type ClientIdentity, checkClient, identityHeaders } from "./client-certificate.ts";
import { corsHeaders } from "./cors-headers.ts";
import { annotatedStep, emptyStep, httpsStep } from "./explain/phase-steps.ts";
import { appRootStep, locationStep } from "./explain/place-steps.ts";
import type { Leave } from "./external-auth.ts";
import type { LocationTable, NginxLocation } from "./location-table.ts";
import { mirror } from "./mirror.ts";
import { passOn, passToErrorBackend } from "./pass-on.ts";
import type { RateLimiter } from "./rate-limiter.ts";
import { contextAt, type RequestContext } from "./request-context.ts";
import { escapeUri } from "./request-target.ts";
import { rewriteOutcome } from "./rewrite-outcome.ts";
import type { NginxServer } from "./server-table.ts";
import { variableText } from "./variable-text.ts";

/** What the phases work with beside the request. */
export interface LocationSurroundings {
  readonly balancers: Balancers;
  readonly limiter: RateLimiter;
  /** Whether a certificate is kept for a host, or for its wildcard. */
  hasCertificate(host: string): boolean;
  readonly send: UpstreamExchange;
  /** Addresses of names in URLs. */
  readonly resolve: Resolve;
  /** Which Ingresses ask for what, where that is newer than what runs. */
  newest(): Configuration | undefined;
}

export type PartialAnswer = Pick<HttpAnswer, "status"> &
  Partial<Pick<HttpAnswer, "headers" | "cookies" | "body" | "upstream" | "tookMs">> & {
    /** Those of the location, which stand in the place of all others of their names. */
    readonly ownHeaders?: Readonly<Record<string, string>>;
  };

/** Leads a request through the phases of a server: what answers first, answers. */
export function answerAtLocation(
  context: RequestContext,
  { server, locations }: NginxServer & { kind: "site" },
  around: LocationSurroundings,
): PartialAnswer {
  const { target, steps } = context;
  const blocked = blockedAnswer(context, server, locations, around);
  if (blocked !== undefined) return blocked;
  const { identity, refusal } = checkClient(context, server);
  if (refusal !== undefined) return refusal;
  if (locations.appRoot !== undefined && target.uri === "/") {
    steps.push(appRootStep(server, locations.appRoot));
    const root = variableText(context, locations.appRoot, server.hostname);
    return redirect(302, `${context.scheme}://${context.httpHost}${root}`);
  }
  const choice = locations.find(target.uri);
  if (choice === undefined) return { status: 404 };
  if (choice.kind === "own") return ownAnswerOf(context, choice.path);
  const { chosen } = choice;
  const place = { hostname: server.hostname, location: chosen.location, upstream: chosen.location.backend };
  const placed = contextAt(context, place);
  steps.push(locationStep(server, chosen, target.uri, around.newest()));
  const early =
    tooLarge(placed, chosen) ?? (choice.kind === "slash" ? slashRedirect(placed, chosen.location) : undefined);
  if (early !== undefined) return dressed(placed, server, chosen, around, { answer: early, phase: "find-config" });
  const own = rewritePhase(placed, server, chosen, around);
  const reached: PhaseAnswer =
    own === undefined ? admitted(placed, server, chosen, around, identity) : { answer: own, phase: "rewrite" };
  return dressed(placed, server, chosen, around, reached);
}

/** What all servers refuse; a page of `custom-http-errors` answers for it. */
function blockedAnswer(
  context: RequestContext,
  server: Server,
  locations: LocationTable,
  around: LocationSurroundings,
): PartialAnswer | undefined {
  const setting = blockedBy(context);
  if (setting === undefined) return undefined;
  context.steps.push({ phase: "server", text: `403: refused by ${setting}` });
  const root = context.settings.customHttpErrors.includes(403) ? locations.find("/") : undefined;
  if (root === undefined || root.kind === "own") return { status: 403 };
  const page = { code: 403, backend: defaultBackendName, isRewritten: false };
  return passToErrorBackend(context, server, root.chosen.location, around, page);
}

/** What the server for all names answers to health checks, and tells of its connections to itself alone (`stub_status`). */
function ownAnswerOf(context: RequestContext, path: "/healthz" | "/nginx_status"): PartialAnswer {
  const status = ownStatus(context, path);
  const type = path === "/healthz" ? String(context.settings.other["default-type"]) : "text/plain";
  return status === 200 ? { status, headers: { "content-type": type } } : { status };
}

function ownStatus({ request, remoteAddress }: RequestContext, path: "/healthz" | "/nginx_status"): number {
  if (request.bodyBytes > bodyLimit("1m")) return 413;
  if (path === "/healthz") return 200;
  if (remoteAddress !== "127.0.0.1") return 403;
  return request.method === "GET" || request.method === "HEAD" ? 200 : 405;
}

/** What has leave to pass goes to an endpoint, and a copy of it to where it is mirrored. */
function admitted(
  context: RequestContext,
  server: Server,
  chosen: NginxLocation,
  around: LocationSurroundings,
  identity: ClientIdentity,
): PhaseAnswer {
  const access = accessPhase(context, chosen.location, around);
  if ("refusal" in access) return { answer: access.refusal, phase: "rewrite" };
  mirror(context, chosen.location, around);
  const { clientCertificates } = server.access;
  const { headers } = access.leave;
  const hasAuthorities = clientCertificates !== undefined && clientCertificates.authorities !== "";
  const told = hasAuthorities ? { ...identityHeaders(identity, clientCertificates), ...headers } : headers;
  return { answer: withCookie(passOn(context, server, chosen, around, told), access.leave), phase: "content" };
}

/** Statuses that nginx adds headers to (`add_header` without `always`). */
const withAddedHeaders: ReadonlySet<number> = new Set([200, 201, 204, 206, 301, 302, 303, 304, 307, 308]);

function withCookie(answer: PartialAnswer, { cookie, alwaysSetsCookie }: Leave): PartialAnswer {
  if (cookie === undefined || !(alwaysSetsCookie || withAddedHeaders.has(answer.status))) return answer;
  return { ...answer, cookies: [...(answer.cookies ?? []), cookie] };
}

/** The find-config phase: bodies above the limit, exactly the limit goes. */
function tooLarge(
  { request, steps }: RequestContext,
  { location, bodyLimit: limit }: NginxLocation,
): PartialAnswer | undefined {
  if (limit === 0 || request.bodyBytes <= limit) return undefined;
  const text = `413: a body of ${request.bodyBytes} bytes, at most ${limit} are allowed`;
  steps.push(annotatedStep("body", location, ["proxy-body-size"], text));
  return { status: 413 };
}

function slashRedirect(context: RequestContext, location: Location): PartialAnswer {
  const { target, steps } = context;
  steps.push({ phase: "redirect", text: "301: the location ends in a slash, which the path lacks" });
  const args = target.args === undefined || target.args === "" ? "" : `?${target.args}`;
  return redirect(301, fullLocation(context, location, `${escapeUri(`${target.uri}/`)}${args}`));
}

/** What `return` says with other statuses is the body (src/http/ngx_http_core_module.c `ngx_http_send_response`). */
const withLocation: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Fixed answers first, then the redirect to https, then the question whether there is an endpoint. */
function rewritePhase(
  context: RequestContext,
  server: Server,
  chosen: NginxLocation,
  around: LocationSurroundings,
): PartialAnswer | undefined {
  const { location } = chosen;
  const { annotations, backend } = location;
  const { steps, request, headers } = context;
  if (annotations.denied !== undefined) {
    steps.push({ phase: "rewrite", text: `503: denied, ${annotations.denied.reason}` });
    return { status: 503 };
  }
  if (request.method === "OPTIONS" && corsHeaders(annotations.cors, headers.origin) !== undefined) {
    const text = "204: the question of a browser before a request to another origin (CORS)";
    steps.push(annotatedStep("rewrite", location, ["enable-cors"], text));
    // nginx leaves the Content-Type out that the template asks for (src/http/ngx_http_header_filter_module.c).
    return { status: 204, headers: { "content-length": "0" } };
  }
  if (annotations.redirect.url !== "") {
    const { code, url } = annotations.redirect;
    const asked = ["temporal-redirect", "permanent-redirect"];
    if (!withLocation.has(code)) {
      steps.push(annotatedStep("rewrite", location, asked, `${code}: nginx sends nobody anywhere by this status`));
      return { status: code, headers: { "content-type": "text/html" }, body: code === 304 ? "" : url };
    }
    steps.push(annotatedStep("rewrite", location, asked, `${code}: redirect to ${url}`));
    return redirect(code, url.startsWith("/") ? fullLocation(context, location, url) : url);
  }
  const rewritten = rewriteOutcome(context, chosen);
  if (rewritten?.kind === "redirect") {
    const text = `302: the target is a URL, ${rewritten.location}`;
    steps.push(annotatedStep("rewrite", location, ["rewrite-target"], text));
    return redirect(302, rewritten.location);
  }
  if (rewritten?.kind === "empty") {
    const text = "500: the rewritten URI has a zero length";
    steps.push(annotatedStep("rewrite", location, ["rewrite-target"], text));
    return { status: 500 };
  }
  if (needsHttps(context, location, around)) return httpsRedirect(context, server, location);
  if (around.balancers.has(backend)) return undefined;
  steps.push(emptyStep(location));
  return { status: 503 };
}

/** lua_ingress.lua `redirect_to_https`. */
function needsHttps(
  { settings, passScheme, host }: RequestContext,
  location: Location,
  around: LocationSurroundings,
): boolean {
  const { sslRedirect, forceSslRedirect } = location.annotations.rewrite;
  if (passScheme !== "http" || !(forceSslRedirect || (sslRedirect && around.hasCertificate(host)))) return false;
  return !isInLocationList(settings, "noTlsRedirectLocations", location.path);
}

function httpsRedirect(context: RequestContext, server: Server, location: Location): PartialAnswer {
  const { annotations } = location;
  const { preserveTrailingSlash } = annotations.rewrite;
  const { settings, request, passHost } = context;
  const path = preserveTrailingSlash ? request.target : request.target.replace(/\/$/, "");
  // Lua's split of an empty text has no first part.
  const name = passHost === "" ? "nil" : passHost.split(":")[0]!;
  context.steps.push(httpsStep(settings.httpRedirectCode, context.host, location, server));
  const port = annotations.usePortInRedirects ? `:${context.ports.https}` : "";
  return redirect(settings.httpRedirectCode, `https://${name}${port}${path}`);
}

/** A path as a Location header has it (src/http/ngx_http_header_filter_module.c): with host and port, unless redirects are relative. */
function fullLocation(context: RequestContext, { annotations }: Location, path: string): string {
  const { scheme, host, ports, settings } = context;
  if (settings.relativeRedirects || (annotations.redirect.relative && annotations.denied === undefined)) return path;
  const [port, usual] = scheme === "https" ? [ports.https, 443] : [ports.http, 80];
  return `${scheme}://${host}${annotations.usePortInRedirects && port !== usual ? `:${port}` : ""}${path}`;
}

function redirect(status: number, location: string): PartialAnswer {
  return { status, headers: { location } };
}

/** An answer, and the phase that gave it: `rewrite` stands for the access phases, too. */
interface PhaseAnswer {
  readonly answer: PartialAnswer;
  readonly phase: "find-config" | "rewrite" | "content";
}

/**
 * Sends a status that there is a page for to the backend of that page, and sets the headers of the location. Such a page is another
 * location's answer and has none of them; CORS headers begin with the rewrite phase.
 */
function dressed(
  context: RequestContext,
  server: Server,
  { location }: NginxLocation,
  around: LocationSurroundings,
  { answer, phase }: PhaseAnswer,
): PartialAnswer {
  const { denied, cors, customHeaders } = location.annotations;
  const pages = errorPages(context.settings, location);
  /** What the controller's own default backend answers is proxied, too. */
  const isProxied =
    phase === "content" && (answer.upstream !== undefined || answer.status === 404 || answer.status === 413);
  if (pages.codes.includes(answer.status) && (!isProxied || pages.intercepts)) {
    const page = { code: answer.status, backend: pages.backend, isRewritten: phase !== "find-config" };
    // What Lua has set stays, of the endpoint's answer nothing does.
    const begun = [...context.sessions];
    const told = passToErrorBackend(context, server, location, around, page);
    return begun.length === 0 ? told : { ...told, cookies: [...begun, ...(told.cookies ?? [])] };
  }
  const allowed =
    denied === undefined && phase !== "find-config" ? corsHeaders(cors, context.headers.origin) : undefined;
  const strict = hsts(context);
  const custom = denied === undefined ? Object.keys(customHeaders) : [];
  if (allowed === undefined && strict === undefined && custom.length === 0) return answer;
  const own = Object.fromEntries(custom.map((name) => [name.toLowerCase(), customHeaders[name]!]));
  return { ...answer, headers: { ...answer.headers, ...strict }, ownHeaders: { ...allowed, ...own } };
}

/** Which statuses of a location are answered by another backend; what endpoints answer only where it `intercepts`. */
function errorPages(
  { customHttpErrors, disableProxyInterceptErrors }: NginxSettings,
  { annotations, defaultBackendUpstream }: Location,
): { codes: readonly number[]; backend: string; intercepts: boolean } {
  const ofAll = customHttpErrors.length > 0 && !disableProxyInterceptErrors;
  if (annotations.customHttpErrors.length === 0 || annotations.denied !== undefined) {
    return { codes: customHttpErrors, backend: defaultBackendName, intercepts: ofAll };
  }
  return {
    codes: annotations.customHttpErrors,
    backend: defaultBackendUpstream,
    intercepts: ofAll || !annotations.disableProxyInterceptErrors,
  };
}

/** On every answer over TLS (lua_ingress.lua `header`). */
function hsts({ settings, scheme }: RequestContext): Record<string, string> | undefined {
  if (!settings.hsts || scheme !== "https") return undefined;
  const subdomains = settings.hstsIncludeSubdomains ? "; includeSubDomains" : "";
  const value = `max-age=${settings.hstsMaxAge}${subdomains}${settings.hstsPreload ? "; preload" : ""}`;
  return { "strict-transport-security": value };
}
