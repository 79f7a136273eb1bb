import type { Location } from "@kubenetsim/ingress/ingress-nginx/model/configuration";
import type { RealLocation } from "./real-answer.ts";

/** Facts of a location by their names in the program (pkg/apis/ingress/types.go `Location`); empty ones are left out. */
export type Facts = Readonly<Record<string, unknown>>;

/** Groups of the real one's facts that are compared; what else it has is not modelled. */
const plain = [
  ...["path", "pathType", "isDefBackend", "ingress", "ingressPath", "backend", "service", "upstream-vhost"],
  ...["usePortInRedirects", "defaultBackendUpstreamName", "xForwardedPrefix", "backend-protocol"],
  ...["custom-http-errors", "disable-proxy-intercept-errors", "rewrite", "redirect", "proxy", "corsConfig"],
];

export function realFacts(location: RealLocation): Facts {
  const group = (name: string): Record<string, unknown> => (location[name] ?? {}) as Record<string, unknown>;
  const { type, realm, secret, secretType } = group("basicDigestAuth");
  const { id: _, ...rateLimit } = group("rateLimit");
  // Which of two lists denied first is a matter of a Go map's order, and with it what is left of the other.
  const isDenied = location.denied !== null && location.denied !== undefined;
  return flat({
    ...Object.fromEntries(plain.map((name) => [name, location[name]])),
    port: String(location.port),
    isDenied,
    basicDigestAuth: { type, realm, secret, secretType },
    rateLimit,
    ...(!isDenied && { allowlist: group("allowlist").cidr, denylist: group("denylist").cidr }),
  });
}

export function ownFacts(location: Location): Facts {
  const { annotations, ingress } = location;
  const { rewrite, redirect, proxy, cors, rateLimit, basicAuth } = annotations;
  return flat({
    path: location.path,
    pathType: location.pathType,
    isDefBackend: location.isDefaultBackend,
    ingress: ingress === undefined ? "" : `${ingress.metadata.namespace}/${ingress.metadata.name}`,
    ingressPath: location.ingressPath,
    backend: location.backend,
    service: location.service,
    port: location.port || "0",
    "upstream-vhost": annotations.upstreamVhost,
    usePortInRedirects: annotations.usePortInRedirects,
    defaultBackendUpstreamName: location.defaultBackendUpstream,
    xForwardedPrefix: annotations.xForwardedPrefix,
    "backend-protocol": annotations.backendProtocol,
    "custom-http-errors": annotations.customHttpErrors,
    "disable-proxy-intercept-errors": annotations.disableProxyInterceptErrors,
    isDenied: annotations.denied !== undefined,
    rewrite: {
      target: rewrite.target,
      sslRedirect: rewrite.sslRedirect,
      forceSSLRedirect: rewrite.forceSslRedirect,
      preserveTrailingSlash: rewrite.preserveTrailingSlash,
      appRoot: rewrite.appRoot,
      useRegex: rewrite.useRegex,
    },
    redirect: { url: redirect.url, code: redirect.code, fromToWWW: redirect.fromToWww, relative: redirect.relative },
    proxy: {
      ...without(proxy, ["redirectFrom", "redirectTo", "buffering", "httpVersion", "maxTempFileSize"]),
      proxyRedirectFrom: proxy.redirectFrom,
      proxyRedirectTo: proxy.redirectTo,
      proxyBuffering: proxy.buffering,
      proxyHTTPVersion: proxy.httpVersion,
      proxyMaxTempFileSize: proxy.maxTempFileSize,
    },
    corsConfig: {
      corsEnabled: cors.enabled,
      corsAllowOrigin: cors.allowOrigins,
      corsAllowMethods: cors.allowMethods,
      corsAllowHeaders: cors.allowHeaders,
      corsAllowCredentials: cors.allowCredentials,
      corsExposeHeaders: cors.exposeHeaders,
      corsMaxAge: cors.maxAge,
    },
    basicDigestAuth: basicAuth && without(basicAuth, ["users"]),
    rateLimit: {
      name: rateLimit.name,
      connections: zoneOf(rateLimit.connections),
      rps: zoneOf(rateLimit.perSecond),
      rpm: zoneOf(rateLimit.perMinute),
      "limit-rate": rateLimit.rate,
      "limit-rate-after": rateLimit.rateAfter,
      allowlist: rateLimit.allowlist,
    },
    ...(annotations.denied === undefined && { allowlist: annotations.allowlist, denylist: annotations.denylist }),
  });
}

/** A zone that is named has 5 MB of memory. */
function zoneOf(zone: { readonly name: string }): object {
  return { ...zone, sharedSize: zone.name === "" ? 0 : 5 };
}

function without(value: object, names: readonly string[]): object {
  return Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)));
}

/** `a.b` for a fact of a group; without what is empty, 0 or false. */
export function flat(value: object, prefix = ""): Facts {
  const facts = Object.entries(value).flatMap(([name, fact]: [string, unknown]): [string, unknown][] => {
    if (Array.isArray(fact)) return fact.length === 0 ? [] : [[prefix + name, fact.join(",")]];
    if (typeof fact === "object" && fact !== null) return Object.entries(flat(fact, `${prefix}${name}.`));
    return fact === undefined || fact === null || fact === "" || fact === 0 || fact === false
      ? []
      : [[prefix + name, fact]];
  });
  return Object.fromEntries(facts);
}
