import { parseAddress } from "@kubenetsim/core/net/address";
import { headerOf, noHeaders } from "../../http/http-headers.ts";
import type { UpstreamOutcome } from "../../http/upstream-exchange.ts";
import type { ExternalAuth } from "../annotations/external-auth.ts";
import type { Location } from "../model/configuration.ts";
import { formatEndpoint } from "../model/endpoint-text.ts";
import type { LocationSurroundings, PartialAnswer } from "./answer-at-location.ts";
import { annotatedStep } from "./explain/phase-steps.ts";
import { hashKey } from "./hash-key.ts";
import type { RequestContext } from "./request-context.ts";
import { escapeComponent } from "./request-target.ts";
import { requestIdOf } from "./upstream-headers.ts";

/** What the one who was asked lets a request have. */
export interface Leave {
  /** Headers for the endpoint, by their names in small letters; empty ones are taken away. */
  readonly headers: Readonly<Record<string, string>>;
  /** A cookie for the client. */
  readonly cookie: string | undefined;
  readonly alwaysSetsCookie: boolean;
}

export const noLeave: Leave = { headers: {}, cookie: undefined, alwaysSetsCookie: false };

/**
 * Asks the URL of `auth-url` (nginx's auth_request): 2xx lets the request pass, 401 and 403 are the client's answer, all else is 500.
 */
export function askExternalAuth(
  context: RequestContext,
  location: Location,
  auth: ExternalAuth,
  around: LocationSurroundings,
): { readonly leave: Leave } | { readonly refusal: PartialAnswer } {
  const url = hashKey(context, auth.url);
  const id = requestIdOf(context);
  const outcome = send(context, auth, url, { around, id });
  const status = typeof outcome === "string" ? (outcome === "timeout" ? 504 : 502) : outcome.status;
  const step = (text: string): void => {
    context.steps.push(annotatedStep("access", location, ["auth-url"], text));
  };
  const headers = typeof outcome === "string" ? {} : (outcome.headers ?? {});
  const cookies = typeof outcome === "string" ? [] : (outcome.cookies ?? []);
  const cookie = cookies.length === 0 ? undefined : cookies.join(", ");
  if (status >= 200 && status < 300) {
    step(`${url} answers ${status}: the request may pass`);
    const told = auth.responseHeaders.map((name) => [name.toLowerCase(), headerOf(headers, name.toLowerCase()) ?? ""]);
    const passed = { ...Object.fromEntries(told), "x-request-id": id };
    return { leave: { headers: passed, cookie, alwaysSetsCookie: auth.alwaysSetCookie } };
  }
  if (status !== 401 && status !== 403) {
    step(`500: ${url} answers ${status}, which is neither yes nor no`);
    return { refusal: { status: 500 } };
  }
  const challenge = headers["www-authenticate"];
  const kept = status === 401 && challenge !== undefined ? { "www-authenticate": challenge } : undefined;
  if (status === 401 && auth.signinUrl !== "") {
    const target = signinTarget(context, auth);
    step(`302: ${url} answers 401, so to sign in at ${target}`);
    const own = cookie === undefined ? {} : { cookies: [cookie] };
    return { refusal: { status: 302, headers: { ...kept, location: target }, ...own } };
  }
  step(`${status}: ${url} answers ${status}`);
  const always = auth.alwaysSetCookie && cookie !== undefined ? { cookies: [cookie] } : {};
  return { refusal: { status, headers: { ...kept }, ...always } };
}

/** `buildAuthSignURL`: with where the client wanted to go, unless the URL says so itself. */
export function signinTarget(context: RequestContext, { signinUrl, signinRedirectParameter }: ExternalAuth): string {
  const parameter = signinRedirectParameter || "rd";
  const query = signinUrl.split("?")[1]?.split("#")[0] ?? "";
  const pairs = query.split("&").filter((pair) => pair !== "");
  const base = hashKey(context, signinUrl);
  if (pairs.some((pair) => pair.startsWith(`${parameter}=`) && pair.length > parameter.length + 1)) return base;
  const back = `${context.passScheme}://${context.httpHost}${escapeComponent(context.request.target)}`;
  return `${base}${pairs.length === 0 ? "?" : "&"}${parameter}=${back}`;
}

function send(
  context: RequestContext,
  auth: ExternalAuth,
  url: string,
  { around, id }: { readonly around: LocationSurroundings; readonly id: string },
): UpstreamOutcome {
  const parts = /^(https?):\/\/(\[[^\]]*\]|[^/?#:]*)(?::(\d+))?([^#]*)/.exec(url);
  if (parts === null) return "refused";
  const [, scheme, host = "", port, rest = ""] = parts;
  const name = host.replace(/^\[|\]$/g, "");
  const [address] = parseAddress(name) === undefined ? around.resolve(name) : [name];
  if (address === undefined) return "refused";
  const isTls = scheme === "https";
  const endpoint = formatEndpoint({ address, port: Number(port ?? (isTls ? 443 : 80)) });
  const path = rest === "" ? "/" : rest.startsWith("/") ? rest : `/${rest}`;
  const headers = questionHeaders(context, auth, id);
  return around.send({ endpoint, method: auth.method || "GET", url: path, headers, bodyBytes: 0, isTls });
}

/** Of the template's location `/_external-auth-…`. */
function questionHeaders(context: RequestContext, auth: ExternalAuth, id: string): Record<string, string> {
  const { request, remoteAddress, passScheme, scheme, httpHost } = context;
  const own = Object.assign(noHeaders(), {
    "content-length": "",
    "x-forwarded-proto": "",
    "x-request-id": id,
    ...(auth.method === "" ? {} : { "x-original-uri": request.target, "x-scheme": passScheme }),
    host: auth.host,
    "x-original-url": `${scheme}://${httpHost}${request.target}`,
    "x-original-method": request.method,
    "x-sent-from": "nginx-ingress-controller",
    "x-real-ip": remoteAddress,
    "x-forwarded-for": remoteAddress,
    "x-auth-request-redirect": auth.requestRedirect || request.target,
    connection: "close",
  });
  for (const [name, value] of Object.entries(auth.proxySetHeaders)) own[name.toLowerCase()] = value;
  const all = Object.entries({ ...context.headers, ...own });
  return Object.fromEntries(all.filter(([name, value]) => value !== "" && name !== "keep-alive" && name !== "upgrade"));
}
