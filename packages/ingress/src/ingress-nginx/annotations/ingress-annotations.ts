import type { Service } from "@kubenetsim/core/model/service";
import type { NginxSettings } from "../nginx-settings.ts";
import type { BasicAuth } from "./basic-auth.ts";
import { type Canary, noCanary } from "./canary.ts";
import type { ClientCertificates } from "./client-certificates.ts";
import { type Cors, noCors } from "./cors.ts";
import type { EndpointTls } from "./endpoint-tls.ts";
import type { ExternalAuth } from "./external-auth.ts";
import { type Mirror, noMirror } from "./mirror.ts";
import type { ProxyOptions } from "./proxy.ts";
import { noRateLimit, type RateLimit } from "./rate-limit.ts";
import { noRedirect, type Redirect } from "./redirect.ts";
import { noRewrite, type Rewrite } from "./rewrite.ts";
import { noCookie, type SessionAffinity } from "./session-affinity.ts";
import { noHashing, type UpstreamHashBy } from "./upstream-hash-by.ts";

/**
 * Why every location answers 503. The program takes two of the same reason for different ones: each time that such an Ingress is read,
 * nginx gets another file.
 */
export interface Denial {
  readonly reason: string;
}

/** What the annotations of an Ingress say (internal/ingress/annotations `Ingress`). Empty texts stand for nothing said. */
export interface IngressAnnotations {
  /** Other names of the hosts. */
  readonly aliases: readonly string[];
  readonly basicAuth: BasicAuth | undefined;
  readonly canary: Canary;
  readonly cors: Cors;
  readonly customHttpErrors: readonly number[];
  readonly disableProxyInterceptErrors: boolean;
  readonly defaultBackend: Service | undefined;
  readonly denied: Denial | undefined;
  readonly proxy: ProxyOptions;
  readonly rateLimit: RateLimit;
  readonly redirect: Redirect;
  readonly rewrite: Rewrite;
  readonly serviceUpstream: boolean;
  readonly sessionAffinity: SessionAffinity;
  readonly usePortInRedirects: boolean;
  readonly upstreamHashBy: UpstreamHashBy;
  readonly loadBalance: string;
  /** The Host that the endpoints are told. */
  readonly upstreamVhost: string;
  readonly allowlist: readonly string[];
  readonly denylist: readonly string[];
  readonly xForwardedPrefix: string;
  readonly backendProtocol: string;
  readonly externalAuth: ExternalAuth | undefined;
  readonly enableGlobalAuth: boolean;
  readonly clientCertificates: ClientCertificates | undefined;
  /** Why the whole server answers 403: the Secret of `auth-tls-secret` cannot be used. */
  readonly clientCertificatesDenied: string | undefined;
  readonly endpointTls: EndpointTls | undefined;
  /** Headers that answers get. */
  readonly customHeaders: Readonly<Record<string, string>>;
  readonly mirror: Mirror;
  readonly satisfy: string;
  /** What endpoints are told in Connection; empty for nginx's own word. */
  readonly connectionHeader: string;
  readonly sslPassthrough: boolean;
  /** What stands in nginx's file and decides nothing here, by the names of the annotations. */
  readonly fileOnly: Readonly<Record<string, string>>;
}

/** What a location has that no Ingress speaks for: the first one of the server for all other names. */
export function blankAnnotations(settings: NginxSettings): IngressAnnotations {
  return {
    aliases: [],
    basicAuth: undefined,
    canary: noCanary,
    cors: noCors,
    customHttpErrors: [],
    disableProxyInterceptErrors: false,
    defaultBackend: undefined,
    denied: undefined,
    // The program leaves this one out (internal/ingress/controller/controller.go `createServers`).
    proxy: { ...settings.proxy, redirectTo: "" },
    rateLimit: noRateLimit,
    redirect: noRedirect,
    rewrite: noRewrite,
    serviceUpstream: false,
    sessionAffinity: { type: "", mode: "", canaryBehavior: "", cookie: noCookie },
    usePortInRedirects: false,
    upstreamHashBy: noHashing,
    loadBalance: "",
    upstreamVhost: "",
    allowlist: [],
    denylist: [],
    xForwardedPrefix: "",
    backendProtocol: "",
    externalAuth: undefined,
    enableGlobalAuth: true,
    clientCertificates: undefined,
    clientCertificatesDenied: undefined,
    endpointTls: undefined,
    customHeaders: {},
    mirror: noMirror,
    satisfy: "",
    connectionHeader: "",
    sslPassthrough: false,
    fileOnly: {},
  };
}
