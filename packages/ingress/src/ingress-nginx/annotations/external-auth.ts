import type { ConfigMap } from "@kubenetsim/core/model/config-map";
import { parseUri } from "../../certificate/uri-problem.ts";
import { quoted } from "../../controller-log.ts";
import { AnnotationProblem, isProblem, locationDenied, valueOr } from "./annotation-problem.ts";
import type { AnnotationFields, AnnotationReader } from "./annotation-reader.ts";
import {
  anything,
  basicCharacters,
  boolean,
  extendedCharacters,
  headerNames,
  integer,
  matching,
  nginxVariable,
  urlText,
  urlWithVariables,
} from "./value-checks.ts";

/** Whom nginx asks whether a request may pass. */
export interface ExternalAuth {
  /** May hold nginx's variables. */
  readonly url: string;
  /** The host of it, without its port. */
  readonly host: string;
  /** Where a client without leave is sent; empty for nowhere. */
  readonly signinUrl: string;
  /** The parameter of that URL that tells where the client wanted to go; empty for `rd`. */
  readonly signinRedirectParameter: string;
  /** Empty for GET. */
  readonly method: string;
  /** Headers of the answer that the endpoint gets. */
  readonly responseHeaders: readonly string[];
  readonly requestRedirect: string;
  readonly snippet: string;
  readonly cacheKey: string;
  readonly cacheDuration: readonly string[];
  /** Connections that are kept; 0 for none. */
  readonly keepaliveConnections: number;
  readonly keepaliveShareVariables: boolean;
  readonly keepaliveRequests: number;
  readonly keepaliveTimeout: number;
  /** Headers that are added to the question. */
  readonly proxySetHeaders: Readonly<Record<string, string>>;
  readonly alwaysSetCookie: boolean;
}

const spaceless = { withoutSpaces: true };
const methods = /^(GET|HEAD|POST|PUT|PATCH|DELETE|CONNECT|OPTIONS|TRACE)$/;

export const externalAuthFields: AnnotationFields = {
  "auth-url": { check: matching(urlWithVariables, spaceless), risk: "High" },
  "auth-method": { check: matching(methods, spaceless), risk: "Low" },
  "auth-signin": { check: matching(urlWithVariables, spaceless), risk: "High" },
  "auth-signin-redirect-param": { check: matching(urlText, spaceless), risk: "Medium" },
  "auth-snippet": { check: anything, risk: "Critical" },
  "auth-cache-key": { check: matching(nginxVariable, spaceless), risk: "Medium" },
  "auth-keepalive": { check: integer, risk: "Low" },
  "auth-keepalive-share-vars": { check: boolean, risk: "Low" },
  "auth-keepalive-requests": { check: integer, risk: "Low" },
  "auth-keepalive-timeout": { check: integer, risk: "Low" },
  "auth-cache-duration": { check: matching(extendedCharacters), risk: "Medium" },
  "auth-response-headers": { check: matching(headerNames, spaceless), risk: "Medium" },
  "auth-proxy-set-headers": { check: matching(basicCharacters, spaceless), risk: "Medium" },
  "auth-request-redirect": { check: matching(urlText, spaceless), risk: "Medium" },
  "auth-always-set-cookie": { check: boolean, risk: "Low" },
};

export function isMethod(text: string): boolean {
  return methods.test(text);
}

const usualCacheDuration = "200 202 401 5m";
const headerName = /^[a-zA-Z\d\-_]+$/;

const denied = (why: string): AnnotationProblem => new AnnotationProblem("denied", why);
const isRefused = (value: unknown): boolean => isProblem(value) && value.kind === "validation";

/** internal/ingress/annotations/authreq. */
export function parseExternalAuth(
  reader: AnnotationReader,
  configMapOf: (key: string) => ConfigMap | undefined,
): ExternalAuth | AnnotationProblem {
  const url = reader.text("auth-url");
  if (isProblem(url)) return url;
  const host = hostOfUrl(url);
  if (isProblem(host)) return denied(`could not parse auth-url annotation: ${host.message}`);
  const method = reader.text("auth-method");
  if (isRefused(method)) return locationDenied("invalid HTTP method");
  const optional = optionalTexts(reader);
  const keepalive = parseKeepalive(reader, host);
  const cacheDuration = parseCacheDuration(reader);
  if (isProblem(cacheDuration)) return cacheDuration;
  const responseHeaders = parseResponseHeaders(reader);
  if (isProblem(responseHeaders)) return responseHeaders;
  const proxySetHeaders = parseProxySetHeaders(reader, configMapOf);
  if (isProblem(proxySetHeaders)) return proxySetHeaders;
  const requestRedirect = reader.text("auth-request-redirect");
  const alwaysSetCookie = reader.boolean("auth-always-set-cookie");
  for (const value of [requestRedirect, alwaysSetCookie]) {
    if (isRefused(value)) return new AnnotationProblem("other", "is invalid");
  }
  return {
    url,
    host: host.replace(/:\d*$/, ""),
    ...optional,
    method: valueOr(method, ""),
    responseHeaders,
    requestRedirect: valueOr(requestRedirect, ""),
    cacheDuration,
    ...keepalive,
    proxySetHeaders,
    alwaysSetCookie: valueOr(alwaysSetCookie, false),
  };
}

/** Host and port of a URL (annotations/parser `StringToURL`). */
export function hostOfUrl(url: string): string | AnnotationProblem {
  const parsed = parseUri(url);
  const bad = (why: string): AnnotationProblem => new AnnotationProblem("other", why);
  if ("problem" in parsed) return bad(`${url} is not a valid URL: parse ${quoted(url)}: ${parsed.problem}`);
  if (parsed.scheme === "") return bad("url scheme is empty");
  if (parsed.host === "") return bad("url host is empty");
  return parsed.host.includes("..") ? bad("invalid url host") : parsed.host;
}

/** Texts that are as none where they are refused. */
function optionalTexts(
  reader: AnnotationReader,
): Pick<ExternalAuth, "signinUrl" | "signinRedirectParameter" | "snippet" | "cacheKey"> {
  const read = (name: string, line: number): string => {
    const value = reader.text(name);
    if (isProblem(value) && value.kind === "validation") {
      reader.log.warn(`main.go:${line}`, `${name} value is invalid: ${value.message}`);
    }
    return valueOr(value, "");
  };
  return {
    signinUrl: read("auth-signin", 337),
    signinRedirectParameter: read("auth-signin-redirect-param", 345),
    snippet: valueOr(reader.text("auth-snippet"), ""),
    cacheKey: read("auth-cache-key", 358),
  };
}

type Keepalive = Pick<
  ExternalAuth,
  "keepaliveConnections" | "keepaliveShareVariables" | "keepaliveRequests" | "keepaliveTimeout"
>;

function parseKeepalive(reader: AnnotationReader, host: string): Keepalive {
  const { log } = reader;
  let connections = valueOr(reader.integer("auth-keepalive"), 0);
  if (connections < 0) {
    const text = `auth-keepalive annotation (${host}) contains a negative value, setting auth-keepalive to 0`;
    log.warn("main.go:370", text);
    connections = 0;
  } else if (connections > 0 && host.includes("$")) {
    const text = `auth-url annotation (${host}) contains $ in the host:port part, setting auth-keepalive to 0`;
    log.warn("main.go:375", text);
    connections = 0;
  }
  const keepaliveShareVariables = valueOr(reader.boolean("auth-keepalive-share-vars"), false);
  const keepaliveRequests = valueOr(reader.integer("auth-keepalive-requests"), 1000);
  if (keepaliveRequests <= 0) {
    const text = `auth-keepalive-requests annotation (${host}) should be greater than zero, setting auth-keepalive to 0`;
    log.warn("main.go:392", text);
    connections = 0;
  }
  const keepaliveTimeout = valueOr(reader.integer("auth-keepalive-timeout"), 60);
  if (keepaliveTimeout <= 0) {
    const text = `auth-keepalive-timeout annotation (${host}) should be greater than zero, setting auth-keepalive 0`;
    log.warn("main.go:402", text);
    connections = 0;
  }
  return { keepaliveConnections: connections, keepaliveShareVariables, keepaliveRequests, keepaliveTimeout };
}

/** `ParseStringToCacheDurations`: status codes, then times of nginx. */
function parseCacheDuration(reader: AnnotationReader): readonly string[] | AnnotationProblem {
  const text = reader.text("auth-cache-duration");
  if (isRefused(text)) return new AnnotationProblem("other", "auth-cache-duration contains invalid value");
  const durations = listOf(valueOr(text, ""));
  const bad = durations.find((duration) => !/^(\d{3} +)*.*\d+(ms|[smhdwMy])/.test(duration) || hasCodeBehind(duration));
  if (bad !== undefined) return locationDenied(`invalid cache duration: ${bad}`);
  return durations.length === 0 ? [usualCacheDuration] : durations;
}

function hasCodeBehind(duration: string): boolean {
  const words = duration.split(" ").filter((word) => word !== "");
  const firstTime = words.findIndex((word) => /^\d+(ms|[smhdwMy])$/.test(word));
  return firstTime < 0 || words.slice(firstTime).some((word) => /^\d{3}$/.test(word));
}

function parseResponseHeaders(reader: AnnotationReader): readonly string[] | AnnotationProblem {
  const text = reader.text("auth-response-headers");
  if (isRefused(text)) return locationDenied("validation error");
  const names = listOf(valueOr(text, ""));
  return names.every((name) => headerName.test(name)) ? names : locationDenied("invalid headers list");
}

function parseProxySetHeaders(
  reader: AnnotationReader,
  configMapOf: (key: string) => ConfigMap | undefined,
): Readonly<Record<string, string>> | AnnotationProblem {
  const key = valueOr(reader.text("auth-proxy-set-headers"), "");
  if (key === "") return {};
  const parts = key.split("/");
  if (parts.length > 2) {
    return denied(`error reading configmap name ${key} from annotation: unexpected key format: ${quoted(key)}`);
  }
  const namespace = parts.length === 2 && parts[0] !== "" ? parts[0]! : (reader.ingress.metadata.namespace ?? "");
  if (namespace !== (reader.ingress.metadata.namespace ?? "")) {
    return denied("cross namespace usage of secrets is not allowed");
  }
  const found = configMapOf(key);
  if (found === undefined) return locationDenied(`unable to find configMap ${quoted(key)}`);
  const data = found.data ?? {};
  return Object.keys(data).every((name) => headerName.test(name))
    ? data
    : locationDenied("invalid proxy-set-headers in configmap");
}

function listOf(text: string): string[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}
