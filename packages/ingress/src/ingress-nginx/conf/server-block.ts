import type { Certificate } from "../../certificate/certificate.ts";
import { coversHost } from "../../certificate/host-name-problem.ts";
import { type Configuration, defaultServerName, type Server } from "../model/configuration.ts";
import { writeClientCertificates, writeMirrorLocations } from "./access-block.ts";
import { writeBlocked } from "./block-lists.ts";
import type { ConfContext } from "./conf-context.ts";
import { type ConfText, onOff, when } from "./conf-text.ts";
import { enforcesRegex, errorLocations, escapeQuoted, serverNameText } from "./directives.ts";
import { endpointTlsDirectives } from "./endpoint-tls-directives.ts";
import { writeErrorLocation, writeLocation } from "./location-block.ts";
import { backlog } from "./own-servers.ts";
import type { WwwRedirect } from "./www-redirects.ts";

/** A server that sends everything to another name (rootfs/etc/nginx/lua/nginx/ngx_srv_redirect.lua). */
export function writeRedirectServer(
  text: ConfText,
  { from, to }: WwwRedirect,
  { settings, servers, ports }: Configuration,
): void {
  const { httpRedirectCode, useForwardedHeaders } = settings;
  const scheme = useForwardedHeaders ? "$forwarded_scheme" : "$scheme";
  const port = useForwardedHeaders ? "$forwarded_port" : "$server_port";
  text.line(`## start server ${from}`);
  text.block("server", () => {
    text.directives(`server_name "${escapeQuoted(from)}"`);
    text.line();
    writeListen(text, from, { settings, ports });
    text.line();
    const { certificate } = servers.find(({ hostname }) => hostname === to)!;
    writeCertificate(text, certificate !== undefined && coversHost(certificate, from) ? certificate : undefined);
    writeBlocked(text, settings);
    text.line("# Lua: ngx_srv_redirect.lua, with the port and without one slash at the end");
    text.directives(`return ${httpRedirectCode} ${scheme}://${to}:${port}$uri_without_slash`);
  });
  text.line(`## end server ${from}`);
  text.line();
}

/** The server of a host with its locations. */
export function writeServer(text: ConfText, server: Server, context: ConfContext): void {
  const { settings } = context;
  const { hostname, aliases, locations } = server;
  const isDefault = hostname === defaultServerName;
  const names = [serverNameText(hostname), ...aliases].map((name) => `"${escapeQuoted(name)}"`);
  text.line(`## start server ${hostname}`);
  text.block("server", () => {
    text.directives(`server_name ${names.join(" ")}`);
    text.line();
    writeBlocked(text, settings);
    writeListen(text, hostname, context);
    text.line();
    text.directives('set $proxy_upstream_name "-"');
    text.line();
    text.directives(when(isDefault, `ssl_reject_handshake ${onOff(settings.sslRejectHandshake)}`));
    writeCertificate(text, server.certificate);
    writeClientCertificates(text, server);
    text.directives(...endpointTlsDirectives(server.access.endpointTls, { isServer: true }));
    writeCiphers(text, server);
    text.line();
    writeMirrorLocations(text, server);
    for (const { name, backend, code } of errorLocations(server)) writeErrorLocation(text, name, backend, code);
    const isRegex = enforcesRegex(server);
    for (const location of locations) writeLocation(text, server, location, isRegex, context);
    if (isDefault) writeHealthLocations(text);
    for (const code of settings.customHttpErrors) {
      writeErrorLocation(text, `@custom_upstream-default-backend_${code}`, "upstream-default-backend", code);
    }
  });
  text.line(`## end server ${hostname}`);
  text.line();
}

function writeListen(
  text: ConfText,
  hostname: string,
  { settings, ports }: Pick<ConfContext, "settings" | "ports">,
): void {
  const options = [
    ...(settings.useProxyProtocol ? ["proxy_protocol"] : []),
    ...(hostname === defaultServerName ? [`default_server reuseport backlog=${backlog}`] : []),
  ];
  text.directives(["listen", ports.http, ...options].join(" "));
  text.directives(["listen", ports.https, ...options, "ssl http2"].join(" "));
}

/** The server's own certificate in the place of Lua's choice by the name of the handshake. */
function writeCertificate(text: ConfText, certificate: Certificate | undefined): void {
  text.line("# Lua: ngx_conf_certificate.lua chooses the certificate by the name of the handshake");
  if (certificate === undefined || certificate.secret === "") return;
  const file = certificateFile(certificate.secret);
  text.directives(`ssl_certificate     ${file}`, `ssl_certificate_key ${file}`);
}

function writeCiphers(text: ConfText, { access: { ciphers, preferServerCiphers } }: Server): void {
  text.directives(
    when(ciphers !== "", `ssl_ciphers                             ${ciphers}`),
    when(
      preferServerCiphers !== "",
      `ssl_prefer_server_ciphers               ${onOff(preferServerCiphers === "true")}`,
    ),
  );
}

/** Where the certificate and the key of a Secret are, by its namespace/name; those of the controller's own for none. */
export function certificateFile(secret: string): string {
  return `/etc/ingress-controller/ssl/${secret.replace("/", "-") || "default-fake-certificate"}.pem`;
}

function writeHealthLocations(text: ConfText): void {
  text.line("# health checks in cloud providers require the use of port 80");
  text.block("location /healthz", () => text.directives("access_log off", "return 200"));
  text.line();
  text.line("# this is required to avoid error if nginx is being monitored with an external software");
  text.block("location /nginx_status", () => {
    text.directives("allow 127.0.0.1", "deny all", "access_log off", "stub_status on");
  });
  text.line();
}
