import type { ConfigMap } from "@kubenetsim/core/model/config-map";
import type { Secret } from "@kubenetsim/core/model/secret";
import type { Service } from "@kubenetsim/core/model/service";
import type { Certificate } from "../../certificate/certificate.ts";
import type { ControllerLog } from "../../controller-log.ts";
import type { NginxSettings } from "../nginx-settings.ts";
import { valueOr } from "./annotation-problem.ts";
import type { AnnotationFields, AnnotationReader } from "./annotation-reader.ts";
import { basicAuthFields, parseBasicAuth } from "./basic-auth.ts";
import { canaryFields, parseCanary } from "./canary.ts";
import { clientCertificateFields, parseClientCertificates } from "./client-certificates.ts";
import { corsFields, parseCors } from "./cors.ts";
import { customHeaderFields, parseCustomHeaders } from "./custom-headers.ts";
import { endpointTlsFields, parseEndpointTls } from "./endpoint-tls.ts";
import { externalAuthFields, parseExternalAuth } from "./external-auth.ts";
import { fileOnlyFields, parseFileOnly, unmodelledFields } from "./file-only.ts";
import type { IngressAnnotations } from "./ingress-annotations.ts";
import { mirrorFields, parseMirror } from "./mirror.ts";
import { parseProxy, proxyFields } from "./proxy.ts";
import { parseRateLimit, rateLimitFields } from "./rate-limit.ts";
import { parseRedirect, redirectFields } from "./redirect.ts";
import { parseRewrite, rewriteFields } from "./rewrite.ts";
import { parseSessionAffinity, sessionAffinityFields } from "./session-affinity.ts";
import {
  parseBackendProtocol,
  parseCustomHttpErrors,
  parseDefaultBackend,
  parseSatisfy,
  parseServerAlias,
  parseServiceUpstream,
  singleFields,
} from "./single-values.ts";
import { allowlistFields, denylistFields, parseSourceRange } from "./source-range.ts";
import { parseUpstreamHashBy, upstreamHashByFields } from "./upstream-hash-by.ts";

/** What parsers look up beside the Ingress. */
export interface AnnotationSurroundings {
  readonly settings: NginxSettings;
  readonly log: ControllerLog;
  serviceOf(key: string): Service | undefined;
  secretOf(key: string): Secret | undefined;
  configMapOf(key: string): ConfigMap | undefined;
  /** The certificate of a Secret, read if that has not been done yet. */
  certificateOf(key: string): Certificate | undefined;
}

/** Reads one group of annotations. */
export interface AnnotationParser {
  /** Its name in the program. */
  readonly group: string;
  readonly field: keyof IngressAnnotations;
  readonly fields: AnnotationFields;
  /** The value, or the AnnotationProblem that stands in its place. */
  parse(reader: AnnotationReader, around: AnnotationSurroundings): unknown;
}

/**
 * All that are modelled (internal/ingress/annotations/annotations.go `NewAnnotationFactory`). The program asks them in no order; a
 * denial by two is told of once.
 */
export const annotationParsers: readonly AnnotationParser[] = [
  parser("Aliases", "aliases", only("server-alias"), parseServerAlias),
  parser("BasicDigestAuth", "basicAuth", basicAuthFields, parseBasicAuth),
  parser("Canary", "canary", canaryFields, parseCanary),
  parser("CorsConfig", "cors", corsFields, parseCors),
  parser("CustomHTTPErrors", "customHttpErrors", only("custom-http-errors"), parseCustomHttpErrors),
  parser(
    "DisableProxyInterceptErrors",
    "disableProxyInterceptErrors",
    only("disable-proxy-intercept-errors"),
    (reader) => valueOr(reader.boolean("disable-proxy-intercept-errors"), false),
  ),
  parser("DefaultBackend", "defaultBackend", only("default-backend"), (reader, { serviceOf }) =>
    parseDefaultBackend(reader, serviceOf),
  ),
  parser("Proxy", "proxy", proxyFields, (reader, { settings }) => parseProxy(reader, settings)),
  parser("RateLimit", "rateLimit", rateLimitFields, (reader, { settings }) => parseRateLimit(reader, settings)),
  parser("Redirect", "redirect", redirectFields, parseRedirect),
  parser("Rewrite", "rewrite", rewriteFields, (reader, { settings }) => parseRewrite(reader, settings)),
  parser("ServiceUpstream", "serviceUpstream", only("service-upstream"), (reader, { settings }) =>
    parseServiceUpstream(reader, settings.serviceUpstream),
  ),
  parser("SessionAffinity", "sessionAffinity", sessionAffinityFields, parseSessionAffinity),
  parser("UsePortInRedirects", "usePortInRedirects", only("use-port-in-redirects"), (reader, { settings }) =>
    valueOr(reader.boolean("use-port-in-redirects"), settings.usePortInRedirects),
  ),
  parser("UpstreamHashBy", "upstreamHashBy", upstreamHashByFields, parseUpstreamHashBy),
  parser("LoadBalancing", "loadBalance", only("load-balance"), (reader) => reader.text("load-balance")),
  parser("UpstreamVhost", "upstreamVhost", only("upstream-vhost"), (reader) => reader.text("upstream-vhost")),
  parser("Allowlist", "allowlist", allowlistFields, (reader, { settings }) =>
    parseSourceRange(reader, "allowlist-source-range", settings.allowlistSourceRange),
  ),
  parser("Denylist", "denylist", denylistFields, (reader, { settings }) =>
    parseSourceRange(reader, "denylist-source-range", settings.denylistSourceRange),
  ),
  parser("XForwardedPrefix", "xForwardedPrefix", only("x-forwarded-prefix"), (reader) =>
    reader.text("x-forwarded-prefix"),
  ),
  parser("BackendProtocol", "backendProtocol", only("backend-protocol"), parseBackendProtocol),
  parser("ExternalAuth", "externalAuth", externalAuthFields, (reader, { configMapOf }) =>
    parseExternalAuth(reader, configMapOf),
  ),
  parser("EnableGlobalAuth", "enableGlobalAuth", only("enable-global-auth"), (reader) =>
    valueOr(reader.boolean("enable-global-auth"), true),
  ),
  parser("CertificateAuth", "clientCertificates", clientCertificateFields, (reader, { certificateOf }) =>
    parseClientCertificates(reader, certificateOf),
  ),
  parser("ProxySSL", "endpointTls", endpointTlsFields, (reader, { certificateOf }) =>
    parseEndpointTls(reader, certificateOf),
  ),
  parser("Satisfy", "satisfy", only("satisfy"), parseSatisfy),
  parser("CustomHeaders", "customHeaders", customHeaderFields, (reader, { settings, configMapOf }) =>
    parseCustomHeaders(reader, settings.globalAllowedResponseHeaders, configMapOf),
  ),
  parser("Connection", "connectionHeader", only("connection-proxy-header"), (reader) =>
    reader.text("connection-proxy-header"),
  ),
  parser("SSLPassthrough", "sslPassthrough", only("ssl-passthrough"), (reader) => reader.boolean("ssl-passthrough")),
  parser("Mirror", "mirror", mirrorFields, parseMirror),
  parser("Others", "fileOnly", { ...fileOnlyFields, ...unmodelledFields }, (reader, { settings }) =>
    parseFileOnly(reader, settings.allowSnippetAnnotations),
  ),
];

/** All annotations that the program knows, by their names without the prefix. */
export const knownFields: AnnotationFields = Object.assign({}, ...annotationParsers.map(({ fields }) => fields));

function parser(
  group: string,
  field: keyof IngressAnnotations,
  fields: AnnotationFields,
  parse: AnnotationParser["parse"],
): AnnotationParser {
  return { group, field, fields, parse };
}

function only(name: string): AnnotationFields {
  return { [name]: singleFields[name]! };
}
