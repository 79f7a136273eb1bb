import type { Location, Server } from "../model/configuration.ts";
import { needsRewrite } from "../model/order-locations.ts";

/** Pieces of nginx.conf that decide where a request goes (internal/ingress/controller/template/template.go). */

/** `buildServerName`: a wildcard host becomes a regular expression for one label. */
export function serverNameText(hostname: string): string {
  if (!hostname.startsWith("*")) return hostname;
  return String.raw`~^(?<subdomain>[\w-]+)\.${hostname.replace("*.", "").split(".").join(String.raw`\.`)}$`;
}

/** Whether every location of the server becomes a regular expression, because one of them rewrites or is one. */
export function enforcesRegex({ locations }: Pick<Server, "locations">): boolean {
  return locations.some((location) => needsRewrite(location) || location.annotations.rewrite.useRegex);
}

/** What stands behind the word `location`: `~* "^/a"`, `= "/a"` or `"/a"`. */
export function locationMatch({ path, pathType }: Location, isRegex: boolean): string {
  const text = escapeQuoted(path);
  if (isRegex) return `~* "^${text}"`;
  return pathType === "Exact" ? `= "${text}"` : `"${text}"`;
}

/** `sanitizeQuotedRegex`. */
export function escapeQuoted(text: string): string {
  return text.replace(/[\\"]/g, "\\$&");
}

/** `escapeLiteralDollar`. */
export function literalDollars(text: string): string {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: nginx's way to write a dollar
  return text.replaceAll("$", "${literal_dollar}");
}

/** The rewrite of a location, without its semicolon; undefined when it has none. */
export function rewriteDirective(location: Location): string | undefined {
  if (!needsRewrite(location)) return undefined;
  return `rewrite "(?i)${escapeQuoted(location.path)}" ${location.annotations.rewrite.target} break`;
}

/** `buildProxyPass` without the rewrite; the upstream is the program's one for all unless given. */
export function proxyPassDirective(location: Location, upstream = "upstream_balancer"): string {
  const { backend, annotations, isPassedThrough } = location;
  const protocol = backend === "upstream-default-backend" ? "HTTP" : annotations.backendProtocol.toUpperCase();
  const scheme = isPassedThrough && protocol !== "GRPCS" ? "https://" : schemes[protocol];
  return `${passes[protocol] ?? "proxy_pass"} ${scheme ?? "http://"}${upstream}`;
}

/** By protocol; `http://` for all others. */
const schemes: Readonly<Record<string, string>> = {
  AUTO_HTTP: "$scheme://",
  HTTPS: "https://",
  GRPC: "grpc://",
  GRPCS: "grpcs://",
  FCGI: "",
};

/** By protocol; `proxy_pass` for all others. */
const passes: Readonly<Record<string, string>> = { GRPC: "grpc_pass", GRPCS: "grpc_pass", FCGI: "fastcgi_pass" };

/** `buildRateLimit`, without semicolons. */
export function limitDirectives({ annotations: { rateLimit } }: Location): string[] {
  const { connections, perSecond, perMinute, rateAfter, rate } = rateLimit;
  const requests = [perSecond, perMinute].filter(({ limit }) => limit > 0);
  return [
    ...(connections.limit > 0 ? [`limit_conn ${connections.name} ${connections.limit}`] : []),
    ...requests.map(({ name, burst }) => `limit_req zone=${name} burst=${burst} nodelay`),
    ...(rateAfter > 0 ? [`limit_rate_after ${rateAfter}k`] : []),
    ...(rate > 0 ? [`limit_rate ${rate}k`] : []),
  ];
}

/** A named location of a server for status codes that another backend answers. */
export interface ErrorLocation {
  readonly name: string;
  readonly backend: string;
  readonly code: number;
}

/** `buildCustomErrorLocationsPerServer`: by backend, then by code. */
export function errorLocations({ locations }: Pick<Server, "locations">): ErrorLocation[] {
  const codes = new Map<string, Set<number>>();
  for (const { defaultBackendUpstream, annotations } of locations) {
    const known = codes.get(defaultBackendUpstream) ?? new Set();
    for (const code of annotations.customHttpErrors) known.add(code);
    codes.set(defaultBackendUpstream, known);
  }
  const backends = [...codes.keys()].sort();
  return backends.flatMap((backend) => {
    const sorted = [...codes.get(backend)!].sort((a, b) => a - b);
    return sorted.map((code) => ({ name: `@custom_${backend}_${code}`, backend, code }));
  });
}
