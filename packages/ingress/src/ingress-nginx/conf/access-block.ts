import { base64 } from "@kubenetsim/core/runtime/base64";
import { sha1 } from "@noble/hashes/legacy.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import { quoted } from "../../controller-log.ts";
import type { ExternalAuth } from "../annotations/external-auth.ts";
import { authOf } from "../global-auth.ts";
import { isInLocationList } from "../location-list.ts";
import type { Location, Server } from "../model/configuration.ts";
import type { NginxSettings } from "../nginx-settings.ts";
import { type ConfText, when } from "./conf-text.ts";
import { literalDollars } from "./directives.ts";

/** What the server asks of the certificates of clients. */
export function writeClientCertificates(text: ConfText, { access }: Server): void {
  const { clientCertificates, clientCertificatesDenied } = access;
  if (clientCertificatesDenied !== undefined) {
    text.line(`# ${clientCertificatesDenied}`);
    text.directives("return 403");
    return;
  }
  if (clientCertificates === undefined) return;
  const { authorities, secret, verifyClient, verifyDepth, errorPage, matchCommonName } = clientCertificates;
  if (matchCommonName !== "") {
    text.block(`if ( $ssl_client_s_dn !~ ${quoted(matchCommonName)} )`, () => {
      text.directives('return 403 "client certificate unauthorized"');
    });
  }
  if (authorities === "") return;
  text.directives(
    `ssl_client_certificate                  /etc/ingress-controller/ssl/ca-${secret.replace("/", "-")}.pem`,
    `ssl_verify_client                       ${verifyClient}`,
    `ssl_verify_depth                        ${verifyDepth}`,
    when(errorPage !== "", `error_page 495 496 = ${errorPage}`),
  );
}

/** `buildMirrorLocations`: one for each Ingress. */
export function writeMirrorLocations(text: ConfText, { locations }: Server): void {
  const written = new Set<string>();
  for (const { annotations } of locations) {
    const { source, target, host } = annotations.mirror;
    if (source === "" || target === "" || host === "" || written.has(source)) continue;
    written.add(source);
    text.block(`location = ${source}`, () => {
      text.directives("internal", `proxy_set_header Host ${quoted(host)}`, `proxy_pass ${quoted(target)}`);
    });
    text.line();
  }
}

export function writeMirror(text: ConfText, { annotations: { mirror } }: Location): void {
  if (mirror.source === "") return;
  text.directives(`mirror ${quoted(mirror.source)}`, `mirror_request_body ${mirror.requestBody}`);
}

/** The locations that stand before one that asks for leave: the question, and the way to the page for signing in. */
export function writeAuthLocations(text: ConfText, location: Location, settings: NginxSettings): void {
  const { denied } = location.annotations;
  const externalAuth = authOf(location, settings);
  if (externalAuth === undefined) return;
  text.block(`location = ${authPath(location)}`, () => writeQuestion(text, location, externalAuth, settings));
  text.line();
  if (denied !== undefined || externalAuth.signinUrl === "") return;
  text.block(`location ${signinLocation(location, externalAuth)}`, () => {
    text.directives("internal", "add_header Set-Cookie $auth_cookie", `return 302 ${signinUrl(externalAuth)}`);
  });
  text.line();
}

/** Who may come to a location. */
export function writeAccess(text: ConfText, location: Location, settings: NginxSettings): void {
  const { satisfy } = location.annotations;
  const externalAuth = authOf(location, settings);
  const isOpen = isInLocationList(settings, "noAuthLocations", location.path);
  if (externalAuth !== undefined && !isOpen) {
    const always = externalAuth.alwaysSetCookie ? " always" : "";
    text.directives(
      `auth_request        ${authPath(location)}`,
      "auth_request_set    $auth_cookie $upstream_http_set_cookie",
      `add_header          Set-Cookie $auth_cookie${always}`,
    );
    for (const [i, name] of externalAuth.responseHeaders.entries()) {
      const variable = name.toLowerCase().replaceAll("-", "_");
      text.directives(`auth_request_set $authHeader${i} $upstream_http_${variable}`);
      text.directives(`proxy_set_header '${name}' $authHeader${i}`);
    }
  }
  if (externalAuth !== undefined && externalAuth.signinUrl !== "") {
    text.line("# Lua: set_escape_uri $escaped_request_uri $request_uri");
    text.directives("set $escaped_request_uri $request_uri");
    text.directives(`error_page 401 = ${signinLocation(location, externalAuth)}`);
  }
  text.directives(when(satisfy !== "", `satisfy ${satisfy}`));
}

/** `add-headers`, which the template sets with a module of others. */
export function writeAddedHeaders(text: ConfText, added: Readonly<Record<string, string>>): void {
  const entries = Object.entries(added);
  if (entries.length > 0) text.line("# Custom headers for response: more_set_headers");
  text.directives(...entries.map(([name, value]) => `add_header ${name} ${quoted(value)} always`));
}

/** `custom-headers`, which the template sets with a module of others. */
export function writeCustomHeaders(text: ConfText, { annotations: { customHeaders } }: Location): void {
  const entries = Object.entries(customHeaders);
  if (entries.length > 0) text.line("# more_set_headers");
  text.directives(...entries.map(([name, value]) => `add_header ${name} ${quoted(literalDollars(value))} always`));
}

/** `buildAuthLocation`. */
function authPath({ path, pathType }: Location): string {
  const encoded = base64(path).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  return `/_external-auth-${encoded}-${pathType}`;
}

/** `buildAuthSignURLLocation`. */
function signinLocation({ path }: Location, { signinUrl: url }: ExternalAuth): string {
  const sum = [...sha1(utf8ToBytes(path + url))];
  return `@${sum.map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

/** `buildAuthSignURL`. */
function signinUrl({ signinUrl: url, signinRedirectParameter }: ExternalAuth): string {
  const parameter = signinRedirectParameter || "rd";
  const pairs = (url.split("?")[1] ?? "").split("&").filter((pair) => pair !== "");
  if (pairs.some((pair) => pair.startsWith(`${parameter}=`) && pair.length > parameter.length + 1)) return url;
  return `${url}${pairs.length === 0 ? "?" : "&"}${parameter}=$pass_access_scheme://$http_host$escaped_request_uri`;
}

function writeQuestion(
  text: ConfText,
  { backend, annotations }: Location,
  auth: ExternalAuth,
  settings: NginxSettings,
): void {
  const { useForwardedHeaders, computeFullForwardedFor } = settings;
  const isFull = useForwardedHeaders && computeFullForwardedFor;
  const set = (name: string, value: string): string => `proxy_set_header            ${name} ${value}`;
  const hasMethod = auth.method !== "";
  const added = Object.entries(auth.proxySetHeaders).map(
    ([name, value]) => `proxy_set_header ${quoted(name)} ${quoted(value)}`,
  );
  text.directives(
    "internal",
    `set $proxy_upstream_name ${quoted(backend)}`,
    "proxy_intercept_errors      off",
    "proxy_pass_request_body     off",
    set("Content-Length", '""'),
    set("X-Forwarded-Proto", '""'),
    set("X-Request-ID", "$req_id"),
    when(hasMethod, `proxy_method                ${auth.method}`),
    when(hasMethod, set("X-Original-URI", "$request_uri")),
    when(hasMethod, set("X-Scheme", "$pass_access_scheme")),
    set("Host", auth.host),
    set("X-Original-URL", "$scheme://$http_host$request_uri"),
    set("X-Original-Method", "$request_method"),
    set("X-Sent-From", '"nginx-ingress-controller"'),
    set("X-Real-IP", "$remote_addr"),
    set("X-Forwarded-For", isFull ? "$full_x_forwarded_for" : "$remote_addr"),
    set("X-Auth-Request-Redirect", auth.requestRedirect || "$request_uri"),
    "proxy_ssl_server_name       on",
    "proxy_pass_request_headers  on",
    ...added.sort(),
    `proxy_http_version ${annotations.proxy.httpVersion}`,
    `set $target ${quoted(auth.url)}`,
    "proxy_pass $target",
  );
}
