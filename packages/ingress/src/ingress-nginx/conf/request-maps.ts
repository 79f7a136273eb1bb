import type { ListenPorts } from "../listen-ports.ts";
import type { Configuration } from "../model/configuration.ts";
import type { NginxSettings } from "../nginx-settings.ts";
import { CertificateTable } from "../request/shown-certificate.ts";
import { type ConfText, when } from "./conf-text.ts";

/** Variables that all locations use; the first ones are the template's, the others stand for what Lua works out. */
export function writeRequestMaps(text: ConfText, { settings, ports }: Configuration): void {
  const { useForwardedHeaders, useProxyProtocol, computeFullForwardedFor, generateRequestId } = settings;
  text.block("map $http_upgrade $connection_upgrade", () =>
    text.directives("default          upgrade", "''               ''"),
  );
  text.line();
  text.block("map $http_x_request_id $req_id", () => {
    text.directives("default   $http_x_request_id", when(generateRequestId, '""        $request_id'));
  });
  text.line();
  if (useForwardedHeaders && computeFullForwardedFor) {
    const peer = useProxyProtocol ? "$proxy_protocol_addr" : "$realip_remote_addr";
    text.block("map $http_x_forwarded_for $full_x_forwarded_for", () => {
      text.directives(`default          "$http_x_forwarded_for, ${peer}"`, `''               "${peer}"`);
    });
    text.line();
  }
  text.line("# Create a variable that contains the literal $ character.");
  text.block("geo $literal_dollar", () => text.directives('default "$"'));
  text.line();
  writeLuaVariables(text, settings, ports);
}

/** rootfs/etc/nginx/lua/lua_ingress.lua: `rewrite`, `redirect_host`, `header`. */
function writeLuaVariables(text: ConfText, settings: NginxSettings, ports: ListenPorts): void {
  const map = (head: string, ...directives: readonly (string | undefined)[]): void => {
    text.block(`map ${head}`, () => text.directives(...directives));
  };
  text.line("# Lua: what lua_ingress.rewrite and lua_ingress.header work out for each request");
  if (settings.useForwardedHeaders) {
    map("$http_x_forwarded_proto $forwarded_scheme", "default $http_x_forwarded_proto", '"" $scheme');
    map("$http_x_forwarded_port $forwarded_port", "default $http_x_forwarded_port", '"" $server_port');
    const first = '"~^(?<first_host>[^,]*)" $first_host';
    map("$http_x_forwarded_host $forwarded_host", first, '"" $http_host');
  }
  if (settings.useProxyProtocol) {
    const scheme = settings.useForwardedHeaders ? "$forwarded_scheme" : "$scheme";
    map("$proxy_protocol_server_port $proxied_scheme", `default ${scheme}`, "443 https");
  }
  map("$pass_server_port $told_port", "default $pass_server_port", `${ports.https} 443`);
  map("$request_uri $uri_without_slash", "default $request_uri", '"~^(?<before_slash>.*)/$" $before_slash');
  const { useForwardedHeaders, hsts, hstsIncludeSubdomains, hstsMaxAge, hstsPreload } = settings;
  const host = useForwardedHeaders ? "$forwarded_host" : "$http_host";
  map(`${host} $redirect_host`, `default ${host}`, '"~^(?<before_port>[^:]*):" $before_port');
  const subdomains = hstsIncludeSubdomains ? "; includeSubDomains" : "";
  const value = `max-age=${hstsMaxAge}${subdomains}${hstsPreload ? "; preload" : ""}`;
  map("$scheme $strict_transport_security", 'default ""', when(hsts, `https "${value}"`));
  text.line();
}

/** Whether a certificate is kept for the host, or for its wildcard (certificate.lua `configured_for_current_request`). */
export function writeCertificateMaps(text: ConfText, configuration: Configuration): void {
  const names = new CertificateTable(configuration).names.filter((name) => /^[*a-z0-9.-]+$/.test(name));
  const write = (head: string, some: readonly string[]): void => {
    text.block(head, () => text.directives('default ""', ...some.map((name) => `"${name}" 1`)));
  };
  text.line("# Lua: certificate.configured_for_current_request");
  text.block("map $host $wildcard_host", () => {
    text.directives('default ""', '"~^[^.]+(?<parent_host>\\..*)$" "*$parent_host"');
  });
  write(
    "map $host $host_certificate",
    names.filter((name) => !name.startsWith("*")),
  );
  write(
    "map $wildcard_host $wildcard_certificate",
    names.filter((name) => name.startsWith("*.")),
  );
  text.line();
}
