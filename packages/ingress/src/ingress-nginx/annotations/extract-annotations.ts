import type { ConfigMap } from "@kubenetsim/core/model/config-map";
import type { Ingress } from "@kubenetsim/core/model/ingress";
import type { Secret } from "@kubenetsim/core/model/secret";
import type { Service } from "@kubenetsim/core/model/service";
import type { Certificate } from "../../certificate/certificate.ts";
import { type ControllerLog, quoted } from "../../controller-log.ts";
import type { NginxSettings } from "../nginx-settings.ts";
import { type AnnotationProblem, isProblem, valueOr } from "./annotation-problem.ts";
import {
  type AnnotationFields,
  AnnotationReader,
  annotationsPrefix,
  type Risk,
  riskLevels,
} from "./annotation-reader.ts";
import { basicAuthFields, parseBasicAuth } from "./basic-auth.ts";
import { canaryFields, parseCanary } from "./canary.ts";
import { clientCertificateFields, parseClientCertificates } from "./client-certificates.ts";
import { corsFields, parseCors } from "./cors.ts";
import { customHeaderFields, parseCustomHeaders } from "./custom-headers.ts";
import { endpointTlsFields, parseEndpointTls } from "./endpoint-tls.ts";
import { externalAuthFields, parseExternalAuth } from "./external-auth.ts";
import { fileOnlyFields, parseFileOnly, unmodelledFields } from "./file-only.ts";
import { blankAnnotations, type IngressAnnotations } from "./ingress-annotations.ts";
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

/** All that are modelled, by their names without the prefix. */
export const modelledFields: AnnotationFields = {
  ...rewriteFields,
  ...canaryFields,
  ...sessionAffinityFields,
  ...upstreamHashByFields,
  ...redirectFields,
  ...rateLimitFields,
  ...allowlistFields,
  ...denylistFields,
  ...corsFields,
  ...proxyFields,
  ...basicAuthFields,
  ...singleFields,
  ...externalAuthFields,
  ...clientCertificateFields,
  ...endpointTlsFields,
  ...customHeaderFields,
  ...mirrorFields,
};

/** All that the program knows, by their names without the prefix. */
export const knownFields: AnnotationFields = { ...modelledFields, ...fileOnlyFields, ...unmodelledFields };

/**
 * Reads the annotations of an Ingress (internal/ingress/annotations/annotations.go `Extract`). A value that a parser refuses
 * drops the Ingress: then the answer is undefined, and the log says why. One that denies its locations leaves `denied`.
 * Any other problem leaves what nobody said.
 */
export function extractAnnotations(ingress: Ingress, around: AnnotationSurroundings): IngressAnnotations | undefined {
  const { log, settings } = around;
  const risky = riskyGroup(ingress, settings.annotationsRiskLevel);
  if (risky !== undefined) {
    log.error("store.go:951", `annotation group ${risky} contains risky annotation based on ingress configuration`);
    return undefined;
  }
  if (saysNothing(ingress)) {
    const known = unsaid.get(settings);
    if (known !== undefined) return known;
  }
  const parsed: Record<string, unknown> = {};
  let denied: string | undefined;
  for (const [name, field, value] of parseAll(ingress, around)) {
    if (!isProblem(value)) parsed[field] = value;
    else if (value.kind === "validation") {
      log.error("annotations.go:193", `"ingress contains invalid annotation value" err=${quoted(value.message)}`);
      log.error("store.go:951", value.message);
      return undefined;
    } else if (value.kind === "denied") {
      if (name === "CertificateAuth") parsed.clientCertificatesDenied = value.message;
      if (denied !== undefined) continue;
      denied = value.message;
      const key = `${ingress.metadata.namespace ?? ""}/${ingress.metadata.name}`;
      const text = `"error reading Ingress annotation" err=${quoted(denied)} name=${quoted(name)} ingress=${quoted(key)}`;
      log.error("annotations.go:216", text);
    }
  }
  const annotations = { ...blankAnnotations(settings), ...parsed, denied };
  if (saysNothing(ingress)) unsaid.set(settings, annotations);
  return annotations;
}

/** What all Ingresses come to that have no annotation of the program. */
const unsaid = new WeakMap<NginxSettings, IngressAnnotations>();

function saysNothing({ metadata: { annotations = {} } }: Ingress): boolean {
  for (const name in annotations) if (name.startsWith(annotationsPrefix)) return false;
  return true;
}

type Parsed = readonly [name: string, field: keyof IngressAnnotations, value: unknown | AnnotationProblem];

/** Every parser with its name in the program. The program asks them in no order; a denial by two is told of once. */
function* parseAll(ingress: Ingress, around: AnnotationSurroundings): Generator<Parsed> {
  const { settings, log, serviceOf, secretOf } = around;
  const reader = (fields: AnnotationFields): AnnotationReader => {
    return new AnnotationReader(ingress, fields, log);
  };
  const single = reader(singleFields);
  const portInRedirects = valueOr(single.boolean("use-port-in-redirects"), settings.usePortInRedirects);
  const { allowlistSourceRange, denylistSourceRange } = settings;
  yield ["Aliases", "aliases", parseServerAlias(single)];
  yield ["BasicDigestAuth", "basicAuth", parseBasicAuth(reader(basicAuthFields), secretOf)];
  yield ["Canary", "canary", parseCanary(reader(canaryFields))];
  yield ["CorsConfig", "cors", parseCors(reader(corsFields))];
  yield ["CustomHTTPErrors", "customHttpErrors", parseCustomHttpErrors(single)];
  yield [
    "DisableProxyInterceptErrors",
    "disableProxyInterceptErrors",
    valueOr(single.boolean("disable-proxy-intercept-errors"), false),
  ];
  yield ["DefaultBackend", "defaultBackend", parseDefaultBackend(single, serviceOf)];
  yield ["Proxy", "proxy", parseProxy(reader(proxyFields), settings)];
  yield ["RateLimit", "rateLimit", parseRateLimit(reader(rateLimitFields))];
  yield ["Redirect", "redirect", parseRedirect(reader(redirectFields))];
  yield ["Rewrite", "rewrite", parseRewrite(reader(rewriteFields), settings)];
  yield ["ServiceUpstream", "serviceUpstream", parseServiceUpstream(single, settings.serviceUpstream)];
  yield ["SessionAffinity", "sessionAffinity", parseSessionAffinity(reader(sessionAffinityFields))];
  yield ["UsePortInRedirects", "usePortInRedirects", portInRedirects];
  yield ["UpstreamHashBy", "upstreamHashBy", parseUpstreamHashBy(reader(upstreamHashByFields))];
  yield ["LoadBalancing", "loadBalance", single.text("load-balance")];
  yield ["UpstreamVhost", "upstreamVhost", single.text("upstream-vhost")];
  const allow = parseSourceRange(reader(allowlistFields), "allowlist-source-range", allowlistSourceRange);
  yield ["Allowlist", "allowlist", allow];
  yield [
    "Denylist",
    "denylist",
    parseSourceRange(reader(denylistFields), "denylist-source-range", denylistSourceRange),
  ];
  yield ["XForwardedPrefix", "xForwardedPrefix", single.text("x-forwarded-prefix")];
  yield ["BackendProtocol", "backendProtocol", parseBackendProtocol(single)];
  yield* parseAccess(around, reader, single);
  yield [
    "CustomHeaders",
    "customHeaders",
    parseCustomHeaders(reader(customHeaderFields), settings.globalAllowedResponseHeaders, around.configMapOf),
  ];
  yield ["Connection", "connectionHeader", single.text("connection-proxy-header")];
  yield ["SSLPassthrough", "sslPassthrough", single.boolean("ssl-passthrough")];
  yield ["Mirror", "mirror", parseMirror(reader(mirrorFields))];
  yield ["Others", "fileOnly", parseFileOnly(reader(knownFields), settings.allowSnippetAnnotations)];
}

/** Who may come, and whom nginx shows itself to. */
function* parseAccess(
  { configMapOf, certificateOf }: AnnotationSurroundings,
  reader: (fields: AnnotationFields) => AnnotationReader,
  single: AnnotationReader,
): Generator<Parsed> {
  yield ["ExternalAuth", "externalAuth", parseExternalAuth(reader(externalAuthFields), configMapOf)];
  yield ["EnableGlobalAuth", "enableGlobalAuth", valueOr(single.boolean("enable-global-auth"), true)];
  yield [
    "CertificateAuth",
    "clientCertificates",
    parseClientCertificates(reader(clientCertificateFields), certificateOf),
  ];
  yield ["ProxySSL", "endpointTls", parseEndpointTls(reader(endpointTlsFields), certificateOf)];
  yield ["Satisfy", "satisfy", parseSatisfy(single)];
}

/** The name of an annotation that is riskier than allowed; undefined when there is none. */
function riskyGroup(ingress: Ingress, allowed: string): string | undefined {
  const highest = riskLevels.findIndex((level) => level.toLowerCase() === allowed.toLowerCase());
  const isTooRisky = (risk: Risk): boolean => riskLevels.indexOf(risk) > Math.max(0, highest);
  for (const fullName of Object.keys(ingress.metadata.annotations ?? {})) {
    const name = fullName.startsWith(`${annotationsPrefix}/`) ? fullName.slice(annotationsPrefix.length + 1) : fullName;
    const risk = risks.get(name);
    if (risk !== undefined && isTooRisky(risk)) return name;
  }
  return undefined;
}

/** By every name that an annotation has. */
const risks: ReadonlyMap<string, Risk> = new Map(
  Object.entries(knownFields).flatMap(([name, { aliases = [], risk }]) =>
    [name, ...aliases].map((each): [string, Risk] => [each, risk]),
  ),
);
