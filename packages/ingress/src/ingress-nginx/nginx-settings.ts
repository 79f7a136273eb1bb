import type { ExternalAuth } from "./annotations/external-auth.ts";
import type { ProxyOptions } from "./annotations/proxy.ts";
import { otherSettings, type SettingValue } from "./other-settings.ts";

/** What the controller's ConfigMap sets of all that is modelled (internal/ingress/controller/config, `NewDefault`). */
export interface NginxSettings {
  readonly sslRedirect: boolean;
  readonly forceSslRedirect: boolean;
  readonly preserveTrailingSlash: boolean;
  readonly usePortInRedirects: boolean;
  /** Status of the redirect to https. */
  readonly httpRedirectCode: number;
  /** Paths of locations that are never sent to https, between commas. */
  readonly noTlsRedirectLocations: string;
  readonly hsts: boolean;
  readonly hstsIncludeSubdomains: boolean;
  readonly hstsMaxAge: string;
  readonly hstsPreload: boolean;
  readonly useForwardedHeaders: boolean;
  readonly enableRealIp: boolean;
  readonly useProxyProtocol: boolean;
  readonly computeFullForwardedFor: boolean;
  /** A size of nginx's. */
  readonly clientHeaderBufferSize: string;
  /** How many, and a size of nginx's. */
  readonly largeClientHeaderBuffers: string;
  readonly forwardedForHeader: string;
  readonly forwardedHostHeader: string;
  /** The header by which endpoints are told of the client, where PROXY headers and forwarded headers are believed. */
  readonly forwardedForProxyProtocolHeader: string;
  readonly proxyAddOriginalUriHeader: boolean;
  readonly generateRequestId: boolean;
  /** Whose forwarded headers are believed: addresses and ranges. */
  readonly proxyRealIpCidr: readonly string[];
  readonly customHttpErrors: readonly number[];
  /** With `customHttpErrors`: what endpoints answer stays as it is. */
  readonly disableProxyInterceptErrors: boolean;
  /** Redirects of nginx's own name no host. */
  readonly relativeRedirects: boolean;
  /** namespace/name of ConfigMaps with headers for clients, and for endpoints; empty for none. */
  readonly addHeaders: string;
  readonly proxySetHeaders: string;
  readonly enableUnderscoresInHeaders: boolean;
  readonly ignoreInvalidHeaders: boolean;
  /** Headers of endpoints' answers that clients do not get. */
  readonly hideHeaders: readonly string[];
  /** Whom all servers refuse: addresses and ranges; texts or regular expressions behind `~`. */
  readonly blockCidrs: readonly string[];
  readonly blockUserAgents: readonly string[];
  readonly blockReferers: readonly string[];
  readonly loadBalance: string;
  readonly allowlistSourceRange: readonly string[];
  readonly denylistSourceRange: readonly string[];
  readonly serviceUpstream: boolean;
  readonly retryNonIdempotent: boolean;
  readonly limitReqStatusCode: number;
  readonly limitConnStatusCode: number;
  /** Whom `limit-rps` and its like tell clients apart by: a value with nginx's variables. */
  readonly limitConnZoneVariable: string;
  readonly limitRate: number;
  readonly limitRateAfter: number;
  readonly sslRejectHandshake: boolean;
  /** Paths between commas: locations below them ask nobody for leave. */
  readonly noAuthLocations: string;
  /** What `custom-headers` may set. */
  readonly globalAllowedResponseHeaders: readonly string[];
  readonly allowSnippetAnnotations: boolean;
  /** Annotations may name Secrets of other namespaces. */
  readonly allowCrossNamespaceResources: boolean;
  readonly annotationsRiskLevel: string;
  readonly annotationValueWordBlocklist: string;
  readonly proxy: ProxyOptions;
  /** Whom all locations ask for leave (`global-auth-*`); undefined for nobody. */
  readonly globalAuth: ExternalAuth | undefined;
  /** All that decides nothing here, by its key. */
  readonly other: Readonly<Record<string, SettingValue>>;
}

export const defaultNginxSettings: NginxSettings = {
  sslRedirect: true,
  forceSslRedirect: false,
  preserveTrailingSlash: false,
  usePortInRedirects: false,
  httpRedirectCode: 308,
  noTlsRedirectLocations: "/.well-known/acme-challenge",
  hsts: true,
  hstsIncludeSubdomains: true,
  hstsMaxAge: "31536000",
  hstsPreload: false,
  useForwardedHeaders: false,
  enableRealIp: false,
  useProxyProtocol: false,
  computeFullForwardedFor: false,
  clientHeaderBufferSize: "1k",
  largeClientHeaderBuffers: "4 8k",
  forwardedForHeader: "X-Forwarded-For",
  forwardedHostHeader: "X-Forwarded-Host",
  forwardedForProxyProtocolHeader: "X-Forwarded-For-Proxy-Protocol",
  proxyAddOriginalUriHeader: false,
  generateRequestId: true,
  proxyRealIpCidr: ["0.0.0.0/0"],
  customHttpErrors: [],
  disableProxyInterceptErrors: false,
  relativeRedirects: false,
  addHeaders: "",
  proxySetHeaders: "",
  enableUnderscoresInHeaders: false,
  ignoreInvalidHeaders: true,
  hideHeaders: [],
  blockCidrs: [],
  blockUserAgents: [],
  blockReferers: [],
  loadBalance: "",
  allowlistSourceRange: [],
  denylistSourceRange: [],
  serviceUpstream: false,
  retryNonIdempotent: false,
  limitReqStatusCode: 503,
  limitConnStatusCode: 503,
  limitConnZoneVariable: "$binary_remote_addr",
  limitRate: 0,
  limitRateAfter: 0,
  sslRejectHandshake: false,
  noAuthLocations: "/.well-known/acme-challenge",
  globalAllowedResponseHeaders: [],
  allowSnippetAnnotations: false,
  allowCrossNamespaceResources: false,
  annotationsRiskLevel: "High",
  annotationValueWordBlocklist: "",
  proxy: {
    bodySize: "1m",
    connectTimeout: 5,
    readTimeout: 60,
    sendTimeout: 60,
    buffersNumber: 4,
    bufferSize: "4k",
    busyBuffersSize: "",
    cookieDomain: "off",
    cookiePath: "off",
    nextUpstream: "error timeout",
    nextUpstreamTimeout: 0,
    nextUpstreamTries: 3,
    requestBuffering: "on",
    redirectFrom: "off",
    redirectTo: "off",
    buffering: "off",
    httpVersion: "1.1",
    maxTempFileSize: "1024m",
  },
  globalAuth: undefined,
  other: otherSettings,
};
