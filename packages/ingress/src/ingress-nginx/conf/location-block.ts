import { quoted } from "../../controller-log.ts";
import { isInLocationList } from "../location-list.ts";
import type { Location, Server } from "../model/configuration.ts";
import type { NginxSettings } from "../nginx-settings.ts";
import { writeAccess, writeAddedHeaders, writeAuthLocations, writeCustomHeaders, writeMirror } from "./access-block.ts";
import type { ConfContext } from "./conf-context.ts";
import { type ConfText, onOff, when } from "./conf-text.ts";
import { writeCors } from "./cors-block.ts";
import { limitDirectives, literalDollars, locationMatch, proxyPassDirective, rewriteDirective } from "./directives.ts";
import { endpointTlsDirectives } from "./endpoint-tls-directives.ts";
import { ingressInformation } from "./ingress-information.ts";
import {
  bodySizeDirective,
  nextUpstreamWords,
  protocolDirectives,
  proxyDirectives,
  proxyRedirect,
} from "./proxy-directives.ts";
import { headerDirectives } from "./set-headers.ts";

/** A location with all that its Ingress says of it, in the order of the template. */
export function writeLocation(
  text: ConfText,
  server: Server,
  location: Location,
  isRegex: boolean,
  context: ConfContext,
): void {
  const { annotations } = location;
  const { appRoot } = annotations.rewrite;
  if (appRoot !== "") {
    text.block("if ($uri = /)", () => text.directives(`return 302 $scheme://$http_host${appRoot}`));
    text.line();
  }
  writeAuthLocations(text, location, context.settings);
  text.block(`location ${locationMatch(location, isRegex)}`, () => {
    writeIdentity(text, server, location);
    writeMirror(text, location);
    writeVariables(text, location, context.settings);
    if (annotations.denied === undefined) writeAllowed(text, location, context);
    else {
      text.line(`# Location denied. Reason: ${quoted(annotations.denied.reason)}`);
      writeAddedHeaders(text, context.headers.added);
      text.directives(strictTransport, "return 503");
    }
    text.directives(...endpointTlsDirectives(annotations.endpointTls, { isServer: false }));
  });
  text.line();
}

const strictTransport = "add_header Strict-Transport-Security $strict_transport_security always";

function writeIdentity(text: ConfText, { hostname }: Server, location: Location): void {
  const { namespace, name, service, port, path } = ingressInformation(location.ingress, hostname, location.ingressPath);
  text.directives(
    `set $namespace      ${quoted(namespace)}`,
    `set $ingress_name   ${quoted(name)}`,
    `set $service_name   ${quoted(service)}`,
    `set $service_port   ${quoted(port)}`,
    `set $location_path  ${quoted(literalDollars(path))}`,
  );
  text.line();
}

function writeVariables(text: ConfText, { annotations, backend, path }: Location, settings: NginxSettings): void {
  const { rewrite, usePortInRedirects } = annotations;
  const { useForwardedHeaders, useProxyProtocol } = settings;
  const port = useProxyProtocol ? "$proxy_protocol_server_port" : "$server_port";
  text.directives(
    `set $force_ssl_redirect "${rewrite.forceSslRedirect}"`,
    `set $ssl_redirect "${rewrite.sslRedirect}"`,
    `set $force_no_ssl_redirect "${isInLocationList(settings, "noTlsRedirectLocations", path)}"`,
    `set $preserve_trailing_slash "${rewrite.preserveTrailingSlash}"`,
    `set $use_port_in_redirects "${usePortInRedirects}"`,
    `port_in_redirect ${onOff(usePortInRedirects)}`,
    "set $balancer_ewma_score -1",
    `set $proxy_upstream_name ${quoted(backend)}`,
    "set $proxy_host          $proxy_upstream_name",
    `set $pass_access_scheme  ${useProxyProtocol ? "$proxied_scheme" : useForwardedHeaders ? "$forwarded_scheme" : "$scheme"}`,
    `set $pass_server_port    ${useForwardedHeaders ? "$forwarded_port" : port}`,
    `set $best_http_host      ${useForwardedHeaders ? "$forwarded_host" : "$http_host"}`,
    "set $pass_port           $told_port",
    'set $proxy_alternative_upstream_name ""',
  );
  text.line();
}

function writeAllowed(text: ConfText, location: Location, context: ConfContext): void {
  const { settings } = context;
  const { annotations } = location;
  const { allowlist, denylist, cors, proxy, redirect } = annotations;
  text.directives(...denylist.map((range) => `deny ${range}`));
  if (allowlist.length > 0) text.directives(...allowlist.map((range) => `allow ${range}`), "deny all");
  text.line("# Lua: ngx_conf_srv_hdr_filter.lua");
  writeAddedHeaders(text, context.headers.added);
  text.directives(strictTransport);
  text.line();
  if (cors.enabled) writeCors(text, cors);
  if (!isInLocationList(settings, "noAuthLocations", location.path)) writePasswords(text, location);
  writeAccess(text, location, settings);
  text.directives(...limitDirectives(location), bodySizeDirective(proxy));
  text.line();
  text.directives(...headerDirectives(location, settings, context.headers.set));
  text.line();
  text.directives(...proxyDirectives(proxy), `proxy_next_upstream ${nextUpstreamWords(proxy, settings)}`);
  text.directives(...protocolDirectives(annotations));
  text.line();
  writeCustomHeaders(text, location);
  writeErrorPages(text, location);
  text.directives(when(redirect.url !== "", `return ${redirect.code} ${redirect.url}`));
  const rewriteLine = rewriteDirective(location);
  // A target that is a URL answers at once, before Lua is asked.
  const isRedirect = /^(?:https?:\/\/|\$scheme)/.test(annotations.rewrite.target);
  if (isRedirect) text.directives(rewriteLine);
  writeLuaRewrite(text, location, context);
  if (!isRedirect) text.directives(rewriteLine);
  text.directives(proxyPassDirective(location, location.backend), proxyRedirect(proxy));
}

function writePasswords(text: ConfText, { annotations: { basicAuth } }: Location): void {
  if (basicAuth === undefined) return;
  if (basicAuth.type === "digest") text.line("# auth_digest needs a module of others");
  const file = basicAuth.secret.replace("/", "-");
  text.directives(
    `auth_basic ${quoted(basicAuth.realm)}`,
    `auth_basic_user_file /etc/ingress-controller/auth/${file}.passwd`,
    'proxy_set_header Authorization ""',
  );
}

function writeErrorPages(text: ConfText, { annotations, defaultBackendUpstream, backend }: Location): void {
  const { customHttpErrors, disableProxyInterceptErrors, redirect } = annotations;
  if (backend.startsWith("custom-default-backend-")) {
    text.directives("proxy_set_header       X-Code             503", ...errorHeaders);
  }
  text.directives(when(redirect.relative, "absolute_redirect off"));
  if (customHttpErrors.length === 0) return;
  text.line("# Custom error pages per ingress");
  text.directives(when(!disableProxyInterceptErrors, "proxy_intercept_errors on"));
  text.directives(...customHttpErrors.map((code) => `error_page ${code} = @custom_${defaultBackendUpstream}_${code}`));
}

/** The redirect to https and the question for an endpoint, which Lua asks after all that nginx rewrites itself. */
function writeLuaRewrite(text: ConfText, { annotations, path, backend }: Location, context: ConfContext): void {
  const { settings, ports, isEmpty } = context;
  const { rewrite, usePortInRedirects } = annotations;
  const isSent =
    (rewrite.sslRedirect || rewrite.forceSslRedirect) && !isInLocationList(settings, "noTlsRedirectLocations", path);
  const uri = rewrite.preserveTrailingSlash ? "$request_uri" : "$uri_without_slash";
  const port = usePortInRedirects ? `:${ports.https}` : "";
  text.line("# Lua: lua_ingress.rewrite, balancer.rewrite");
  if (isSent) {
    const certificates = rewrite.forceSslRedirect ? "" : "$host_certificate$wildcard_certificate";
    text.directives(`set $redirect_to_https "$pass_access_scheme${certificates}"`);
    text.block(`if ($redirect_to_https ~ "^http${rewrite.forceSslRedirect ? "$" : "1"}")`, () => {
      text.directives(`return ${settings.httpRedirectCode} https://$redirect_host${port}${uri}`);
    });
  }
  text.directives(when(isEmpty.has(backend), "return 503"));
}

const errorHeaders = [
  "proxy_set_header       X-Format           $http_accept",
  "proxy_set_header       X-Namespace        $namespace",
  "proxy_set_header       X-Ingress-Name     $ingress_name",
  "proxy_set_header       X-Service-Name     $service_name",
  "proxy_set_header       X-Service-Port     $service_port",
  "proxy_set_header       X-Request-ID       $req_id",
];

/** A named location that asks a backend in the place of a status code. */
export function writeErrorLocation(text: ConfText, name: string, backend: string, code: number): void {
  text.block(`location ${name}`, () => {
    text.directives(
      "internal",
      "proxy_intercept_errors off",
      `proxy_set_header       X-Code             ${code}`,
      "proxy_set_header       X-Original-URI     $request_uri",
      ...errorHeaders,
      "proxy_set_header       X-Forwarded-For    $remote_addr",
      "proxy_set_header       Host               $best_http_host",
      `set $proxy_upstream_name ${quoted(backend)}`,
      "rewrite                (.*) / break",
      `proxy_pass            http://${backend}`,
    );
  });
  text.line();
}
