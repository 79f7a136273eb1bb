import type { HttpRequest } from "../../http/http-message.ts";
import type { HttpStep } from "../../http/http-step.ts";
import type { ListenPorts } from "../listen-ports.ts";
import type { Location } from "../model/configuration.ts";
import type { NginxSettings } from "../nginx-settings.ts";
import type { RequestTarget } from "./request-target.ts";

/** What nginx knows of a request while it goes through the phases. */
export interface RequestContext {
  readonly request: HttpRequest;
  readonly settings: NginxSettings;
  /** Headers of all locations for endpoints (`proxy-set-headers`). */
  readonly proxySetHeaders: Readonly<Record<string, string>>;
  readonly ports: ListenPorts;
  /** `ip:port` of nginx's own server that answers 404. */
  readonly ownEndpoint: string;
  /** By their names in small letters. */
  readonly headers: Readonly<Record<string, string>>;
  /** `$host`: the name without port, in small letters. */
  readonly host: string;
  /** `$http_host`. */
  readonly httpHost: string;
  readonly target: RequestTarget;
  readonly scheme: "http" | "https";
  /** `$remote_addr`. */
  readonly remoteAddress: string;
  /** `$pass_access_scheme`, `$best_http_host`, `$pass_port`: what the endpoints are told of the client's side. */
  readonly passScheme: string;
  readonly passHost: string;
  readonly passPort: string;
  /** Virtual time in milliseconds. */
  readonly nowMs: number;
  /** Numbers in [0, 1). */
  readonly random: () => number;
  readonly steps: HttpStep[];
  /** Values of Set-Cookie by which Lua has begun sessions. */
  readonly sessions: string[];
  /** Once a location is found: that one, its server's host, and the name of the backend that it leads to (`$proxy_upstream_name`). */
  readonly place?: { readonly hostname: string; readonly location: Location; readonly upstream: string };
}

type Place = NonNullable<RequestContext["place"]>;

/** The same request at a location. (Field by field: to spread so many takes longer than all the phases before.) */
export function contextAt(context: RequestContext, place: Place): RequestContext {
  return {
    request: context.request,
    settings: context.settings,
    proxySetHeaders: context.proxySetHeaders,
    ports: context.ports,
    ownEndpoint: context.ownEndpoint,
    headers: context.headers,
    host: context.host,
    httpHost: context.httpHost,
    target: context.target,
    scheme: context.scheme,
    remoteAddress: context.remoteAddress,
    passScheme: context.passScheme,
    passHost: context.passHost,
    passPort: context.passPort,
    nowMs: context.nowMs,
    random: context.random,
    steps: context.steps,
    sessions: context.sessions,
    place,
  } satisfies { readonly [K in keyof Required<RequestContext>]: RequestContext[K] };
}

/** A header by the name that nginx's variables have for it: small letters, `_` for `-`. */
export function headerByVariable({ headers }: RequestContext, name: string): string | undefined {
  const wanted = name.toLowerCase();
  const found = Object.entries(headers).find(([header]) => header.replaceAll("-", "_") === wanted);
  return found?.[1];
}
