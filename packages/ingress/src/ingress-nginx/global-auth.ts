import { type ControllerLog, quoted } from "../controller-log.ts";
import { isProblem } from "./annotations/annotation-problem.ts";
import { type ExternalAuth, hostOfUrl, isMethod } from "./annotations/external-auth.ts";
import { parseBoolean } from "./annotations/value-checks.ts";
import type { Location } from "./model/configuration.ts";
import type { NginxSettings } from "./nginx-settings.ts";

/** The settings of a ConfigMap that ask for leave for all locations. */
type Data = Readonly<Record<string, string>>;

/**
 * Whom all locations ask that ask nobody of their own; undefined for nobody (internal/ingress/controller/template/configmap.go
 * `ReadConfig`). What cannot be read is left out, and the log tells of it.
 */
export function readGlobalAuth(data: Data, log: ControllerLog): ExternalAuth | undefined {
  const deny = (line: number, why: string): void =>
    log.warn(`configmap.go:${line}`, `Global auth location denied - ${why}.`);
  const url = data["global-auth-url"];
  const host = url === undefined ? undefined : hostOfUrl(url);
  if (isProblem(host)) deny(249, host.message);
  const method = data["global-auth-method"] ?? "";
  const isWrongMethod = method !== "" && !isMethod(method);
  if (isWrongMethod) deny(277, "invalid HTTP method");
  const rest = {
    ...readSignin(data, log, deny),
    responseHeaders: readHeaderNames(data, deny),
    alwaysSetCookie: readAlways(data, log),
  };
  if (url === undefined || host === undefined || isProblem(host)) return undefined;
  return {
    ...rest,
    url,
    host: host.replace(/:\d*$/, ""),
    method: isWrongMethod ? "" : method,
    requestRedirect: data["global-auth-request-redirect"] ?? "",
    snippet: data["global-auth-snippet"] ?? "",
    cacheKey: data["global-auth-cache-key"] ?? "",
    cacheDuration: [],
    keepaliveConnections: 0,
    keepaliveShareVariables: false,
    keepaliveRequests: 0,
    keepaliveTimeout: 0,
    proxySetHeaders: {},
  };
}

/** Whom a location asks: its own, else that of all, unless `enable-global-auth` is off (`shouldApplyGlobalAuth`). */
export function authOf(
  { annotations, ingress }: Location,
  { globalAuth }: Pick<NginxSettings, "globalAuth">,
): ExternalAuth | undefined {
  const { externalAuth, enableGlobalAuth } = annotations;
  return externalAuth ?? (enableGlobalAuth && ingress !== undefined ? globalAuth : undefined);
}

function readSignin(
  data: Data,
  log: ControllerLog,
  deny: (line: number, why: string) => void,
): Pick<ExternalAuth, "signinUrl" | "signinRedirectParameter"> {
  const check = (url: string, line: number): boolean => {
    const host = hostOfUrl(url);
    if (!isProblem(host)) return true;
    log.error(`configmap.go:${line}`, `string to URL conversion failed: ${host.message}`);
    return false;
  };
  let signinUrl = data["global-auth-signin"] ?? "";
  if (data["global-auth-signin"] !== undefined && !check(signinUrl, 289)) {
    deny(292, "global-auth-signin setting is undefined and will not be set");
    signinUrl = "";
  }
  const parameter = data["global-auth-signin-redirect-param"]?.trim();
  if (parameter === undefined || check(`${signinUrl}?${parameter}=dummy`, 305)) {
    return { signinUrl, signinRedirectParameter: parameter ?? "" };
  }
  const why = "global-auth-signin-redirect-param setting is invalid and will not be set";
  log.warn("configmap.go:308", `Global auth redirect parameter denied - ${why}.`);
  return { signinUrl, signinRedirectParameter: "" };
}

function readHeaderNames(data: Data, deny: (line: number, why: string) => void): readonly string[] {
  const names = (data["global-auth-response-headers"] ?? "").split(",").filter((name) => name !== "");
  return names
    .map((name) => name.trim())
    .filter((name) => {
      if (/^[a-zA-Z\d\-_]+$/.test(name)) return true;
      deny(322, "invalid headers list");
      return false;
    });
}

function readAlways(data: Data, log: ControllerLog): boolean {
  const text = data["global-auth-always-set-cookie"];
  if (text === undefined) return false;
  const value = parseBoolean(text);
  if (value === undefined) {
    const why = `cannot convert global-auth-always-set-cookie to bool: strconv.ParseBool: parsing ${quoted(text)}`;
    log.warn("configmap.go:362", `Global auth location denied - ${why}: invalid syntax`);
  }
  return value ?? false;
}
